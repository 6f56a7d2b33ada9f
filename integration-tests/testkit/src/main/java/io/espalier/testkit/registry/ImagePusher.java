package io.espalier.testkit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Pushes sample images into a registry by plain HTTP of its own, and reads what a registry says. Immutable.
 *
 * <p>It knows neither tokens nor retries; use {@link Skopeo} for registries that want tokens.
 */
public final class ImagePusher {
    private static final int CONNECT_MS = 5_000;
    private static final int READ_MS = 120_000;

    private final URI registry;
    private final @Nullable String authorization;
    private final @Nullable SSLContext tls;

    private ImagePusher(URI registry, @Nullable String authorization, @Nullable SSLContext tls) {
        this.registry = registry;
        this.authorization = authorization;
        this.tls = tls;
    }

    /**
     * What a registry answered.
     *
     * @param headers the first value of each, names in the registry's own case
     * @param text the body as UTF-8
     * @param digest of the body's bytes
     */
    public record Answer(int status, Map<String, String> headers, String text, String digest) {
        public Answer {
            headers = Map.copyOf(headers);
        }

        /** The value of a header in any case, empty if there is none. */
        public String header(String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse("");
        }
    }

    /** Pushes to this address without credentials. */
    public static ImagePusher to(URI registry) {
        return new ImagePusher(registry, null, null);
    }

    /** The same with a user (Basic). */
    public ImagePusher as(String user, String password) {
        String login = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
        return new ImagePusher(registry, "Basic " + login, tls);
    }

    /** The same trusting a test's authority. */
    public ImagePusher trusting(TestAuthority authority) {
        return new ImagePusher(registry, authorization, authority.clientContext());
    }

    /** Pushes blobs, children, and the manifest itself under this tag. */
    public void push(SampleImage image, String repository, String tag) {
        image.blobs().forEach(blob -> pushBlob(blob, repository));
        for (SampleImage part : image.withChildren()) {
            pushManifest(part, repository, part.digest());
        }
        pushManifest(image, repository, tag);
    }

    /** Pushes all but gives it no tag. */
    public void pushUntagged(SampleImage image, String repository) {
        push(image, repository, image.digest());
    }

    /** Pushes a referrer and lists it in an index under the fallback tag of its subject, alone. */
    public void pushReferrer(SampleImage referrer, SampleImage subject, String repository) {
        pushUntagged(referrer, repository);
        SampleImage list = SampleImages.index(referrer);
        pushManifest(list, repository, subject.fallbackTag());
    }

    public void pushBlob(SampleBlob blob, String repository) {
        Answer session = exchange("POST", "/v2/" + repository + "/blobs/uploads/", Map.of(), 0, out -> {});
        String location = registry.resolve(session.header("Location")).toString();
        String target = location + (location.contains("?") ? "&" : "?") + "digest=" + blob.digest();
        Answer done = exchange(
                "PUT", target, Map.of("Content-Type", "application/octet-stream"), blob.size(), blob.content());
        if (done.status() != 201) {
            throw new AssertionError("Tried to push " + blob.digest() + " to " + repository + " but got "
                    + done.status() + ": " + done.text());
        }
    }

    public void pushManifest(SampleImage image, String repository, String reference) {
        byte[] bytes = image.manifest();
        Answer done = exchange(
                "PUT",
                "/v2/" + repository + "/manifests/" + reference,
                Map.of("Content-Type", image.mediaType()),
                bytes.length,
                out -> out.write(bytes));
        if (done.status() != 201) {
            throw new AssertionError("Tried to push the manifest " + repository + ":" + reference + " but got "
                    + done.status() + ": " + done.text());
        }
    }

    /** Any request without a body; the path may be a whole URI. */
    public Answer request(String method, String path, Map<String, String> headers) {
        return exchange(method, path, headers, -1, out -> {});
    }

    /** The digest of what a tag or digest names, computed from the bytes; empty if there is none. */
    public String digestOf(String repository, String reference) {
        String accept = String.join(
                ", ",
                SampleImages.OCI_INDEX,
                SampleImages.OCI_MANIFEST,
                SampleImages.DOCKER_LIST,
                SampleImages.DOCKER_MANIFEST);
        Answer answer = request("GET", "/v2/" + repository + "/manifests/" + reference, Map.of("Accept", accept));
        return answer.status() == 200 ? answer.digest() : "";
    }

    /** The digest and size of what the registry sends for a blob, as {@code sha256:... 1234}; empty if there is none. */
    public String readBlob(String repository, String digest) {
        try {
            HttpURLConnection connection = open("GET", "/v2/" + repository + "/blobs/" + digest, Map.of());
            if (connection.getResponseCode() != 200) {
                connection.disconnect();
                return "";
            }
            try (InputStream in = connection.getInputStream()) {
                DigestCounter counter = DigestCounter.of(in::transferTo);
                return counter.digest() + " " + counter.bytes();
            }
        } catch (IOException e) {
            return "";
        }
    }

    private Answer exchange(
            String method, String target, Map<String, String> headers, long length, SampleBlob.Content content) {
        try {
            HttpURLConnection connection = open(method, target, headers);
            if (length >= 0) {
                connection.setDoOutput(true);
                connection.setFixedLengthStreamingMode(length);
                try (OutputStream out = connection.getOutputStream()) {
                    content.writeTo(out);
                }
            }
            return answer(connection);
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to " + method + " " + target + " at " + registry + ".", e);
        }
    }

    private HttpURLConnection open(String method, String target, Map<String, String> headers) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) registry.resolve(target).toURL().openConnection();
        if (connection instanceof HttpsURLConnection secure && tls != null) {
            secure.setSSLSocketFactory(tls.getSocketFactory());
        }
        connection.setConnectTimeout(CONNECT_MS);
        connection.setReadTimeout(READ_MS);
        connection.setInstanceFollowRedirects(false);
        connection.setRequestMethod(method);
        if (authorization != null) {
            connection.setRequestProperty("Authorization", authorization);
        }
        headers.forEach(connection::setRequestProperty);
        return connection;
    }

    private static Answer answer(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        Map<String, String> headers = new TreeMap<>();
        connection.getHeaderFields().forEach((name, values) -> {
            if (name != null) {
                headers.put(name, values.get(0));
            }
        });
        try (InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
            byte[] body = in == null ? new byte[0] : in.readAllBytes();
            return new Answer(status, headers, new String(body, UTF_8), DigestCounter.digest(body));
        }
    }
}
