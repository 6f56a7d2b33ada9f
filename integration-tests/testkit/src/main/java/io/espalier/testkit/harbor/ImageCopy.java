package io.espalier.testkit.harbor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.testkit.harbor.Artifacts.Artifact;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Copies an image from the registry behind a double to another registry: blob after blob, trusting HEAD, as Harbor does it. */
final class ImageCopy {
    private final URI source;
    private final URI target;
    private final String login;
    private final Consumer<String> log;
    private final BooleanSupplier stopped;
    private final HttpClient http;

    /** Thrown between two blobs after the execution was stopped. */
    static final class StoppedException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    ImageCopy(
            HttpClient http,
            URI source,
            URI target,
            String user,
            String secret,
            Consumer<String> log,
            BooleanSupplier stopped) {
        this.http = http;
        this.source = source;
        this.target = target;
        this.login = "Basic " + Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(UTF_8));
        this.log = log;
        this.stopped = stopped;
    }

    void copy(String repository, Artifact artifact, String toRepository, List<String> tags, boolean override)
            throws IOException, InterruptedException {
        byte[] manifest = read(repository, artifact.digest(), artifact.mediaType());
        JsonNode json = ApiCall.JSON.readTree(manifest);
        for (JsonNode child : json.path("manifests")) {
            String digest = child.path("digest").asText();
            String type = child.path("mediaType").asText();
            byte[] bytes = read(repository, digest, type);
            blobs(repository, toRepository, ApiCall.JSON.readTree(bytes));
            put(toRepository, digest, type, bytes);
        }
        blobs(repository, toRepository, json);
        for (String tag : tags) {
            String before = digestAt(toRepository, tag, artifact.mediaType());
            if (before.equals(artifact.digest())) {
                log.accept("the artifact " + tag + " is same with the existing one, skip");
            } else if (!before.isEmpty() && !override) {
                log.accept("the same name artifact " + tag + " exists, but the \"override\" is set to false, skip");
            } else {
                put(toRepository, tag, artifact.mediaType(), manifest);
            }
        }
    }

    private void blobs(String repository, String toRepository, JsonNode manifest)
            throws IOException, InterruptedException {
        for (JsonNode layer : manifest.path("layers")) {
            blob(repository, toRepository, layer);
        }
        if (manifest.hasNonNull("config")) {
            blob(repository, toRepository, manifest.path("config"));
        }
    }

    private void blob(String repository, String toRepository, JsonNode blob) throws IOException, InterruptedException {
        if (stopped.getAsBoolean()) {
            throw new StoppedException();
        }
        String digest = blob.path("digest").asText();
        String path = "/v2/" + toRepository + "/blobs/";
        if (send("HEAD", target.resolve(path + digest), "", BodyPublishers.noBody())
                        .statusCode()
                == 200) {
            log.accept("the blob " + digest + " already exists on the destination registry, skip");
            return;
        }
        log.accept("copying the blob " + digest);
        HttpResponse<InputStream> opened = send("POST", target.resolve(path + "uploads/"), "", BodyPublishers.noBody());
        expect(opened, 202);
        String place = opened.headers().firstValue("Location").orElseThrow();
        HttpRequest read = HttpRequest.newBuilder(source.resolve("/v2/" + repository + "/blobs/" + digest))
                .build();
        HttpResponse<InputStream> content = http.send(read, BodyHandlers.ofInputStream());
        expect(content, 200);
        URI put = target.resolve(place + (place.contains("?") ? "&" : "?") + "digest=" + digest);
        long size = blob.path("size").asLong();
        BodyPublisher body = size == 0
                ? BodyPublishers.noBody()
                : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(content::body), size);
        expect(send("PUT", put, "application/octet-stream", body), 201);
    }

    private byte[] read(String repository, String reference, String type) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(source.resolve("/v2/" + repository + "/manifests/" + reference))
                .header("Accept", type)
                .build();
        HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
        expect(answer, 200);
        return answer.body().readAllBytes();
    }

    private String digestAt(String repository, String tag, String type) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(target.resolve("/v2/" + repository + "/manifests/" + tag))
                .header("Authorization", login)
                .header("Accept", type)
                .method("HEAD", BodyPublishers.noBody())
                .build();
        return http.send(request, BodyHandlers.discarding())
                .headers()
                .firstValue("Docker-Content-Digest")
                .orElse("");
    }

    private void put(String repository, String reference, String type, byte[] manifest)
            throws IOException, InterruptedException {
        log.accept("pushing the manifest " + reference);
        URI uri = target.resolve("/v2/" + repository + "/manifests/" + reference);
        expect(send("PUT", uri, type, BodyPublishers.ofByteArray(manifest)), 201);
    }

    private HttpResponse<InputStream> send(String method, URI uri, String type, BodyPublisher body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).header("Authorization", login).method(method, body);
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        return http.send(request.build(), BodyHandlers.ofInputStream());
    }

    private static void expect(HttpResponse<InputStream> answer, int status) throws IOException {
        if (answer.statusCode() != status) {
            String text = new String(answer.body().readAllBytes(), UTF_8);
            throw new IOException("http status code: " + answer.statusCode() + ", body: " + text);
        }
    }
}
