package io.espalier.testkit.harbor;

import io.espalier.testkit.harbor.Artifacts.Artifact;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.ImagePusher.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/** Repositories, artifacts, tags. */
final class ArtifactRoutes implements ApiRoutes {
    private final HarborState state;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    ArtifactRoutes(HarborState state) {
        this.state = state;
    }

    @Override
    public boolean serve(ApiCall call) throws IOException {
        if (call.is("GET", "projects", "*", "repositories", "*", "artifacts")) {
            String repository = readable(call);
            call.page(state.artifacts.in(repository).stream()
                    .map(one -> json(call, repository, one))
                    .toList());
        } else if (call.is("GET", "projects", "*", "repositories", "*", "artifacts", "*")) {
            String repository = readable(call);
            call.answer(200, json(call, repository, artifact(repository, call.part(5))));
        } else if (call.is("DELETE", "projects", "*", "repositories", "*", "artifacts", "*")) {
            call.need("artifact:delete");
            String repository = readable(call);
            delete(repository, artifact(repository, call.part(5)));
            call.empty(200);
        } else if (call.is("DELETE", "projects", "*", "repositories", "*")) {
            call.need("repository:delete");
            String repository = readable(call);
            state.artifacts.in(repository).forEach(one -> delete(repository, one));
            state.artifacts.deleteRepository(repository);
            call.empty(200);
        } else if (call.is("POST", "projects", "*", "repositories", "*", "artifacts", "*", "tags")) {
            call.need("tag:create");
            tag(call);
        } else {
            return false;
        }
        return true;
    }

    private String readable(ApiCall call) {
        String project = call.part(1);
        if (call.account().isEmpty() && !state.isPublic(project)) {
            throw new ApiFault(401, "UNAUTHORIZED", "unauthorized");
        }
        return project + "/" + call.repository(3);
    }

    private Artifact artifact(String repository, String reference) {
        return state.artifacts
                .find(repository, reference)
                .orElseThrow(() -> ApiFault.notFound("artifact " + repository + ":" + reference));
    }

    private com.fasterxml.jackson.databind.JsonNode json(ApiCall call, String repository, Artifact artifact) {
        boolean immutable = call.flag("with_immutable_status");
        boolean tags = call.query("with_tag").map("true"::equals).orElse(true);
        return state.artifacts.json(
                artifact, tags, call.flag("with_label"), tag -> immutable && state.isImmutable(repository, tag));
    }

    private void delete(String repository, Artifact artifact) {
        for (String tag : state.artifacts.tagsOf(artifact)) {
            if (state.isImmutable(repository, tag)) {
                throw ApiFault.precondition("the tag " + tag + " is immutable, can not be deleted");
            }
        }
        Answer ignored = ImagePusher.to(state.registry.uri())
                .request("DELETE", "/v2/" + repository + "/manifests/" + artifact.digest(), Map.of());
        state.artifacts.delete(repository, artifact.digest());
    }

    private void tag(ApiCall call) throws IOException {
        String repository = readable(call);
        Artifact artifact = artifact(repository, call.part(5));
        String name = call.body().path("name").asText();
        if (artifact.tags().contains(name)) {
            throw ApiFault.conflict("tag " + name + " already exists");
        }
        if (state.refusal(repository, artifact, name).isPresent()) {
            throw ApiFault.precondition("the tag " + name + " is immutable, cannot be updated");
        }
        String path = "/v2/" + repository + "/manifests/";
        HttpRequest read = HttpRequest.newBuilder(state.registry.uri().resolve(path + artifact.digest()))
                .header("Accept", artifact.mediaType())
                .build();
        try (InputStream manifest =
                http.send(read, BodyHandlers.ofInputStream()).body()) {
            HttpRequest write = HttpRequest.newBuilder(state.registry.uri().resolve(path + name))
                    .header("Content-Type", artifact.mediaType())
                    .PUT(BodyPublishers.ofByteArray(manifest.readAllBytes()))
                    .build();
            HttpResponse<Void> written = http.send(write, BodyHandlers.discarding());
            if (written.statusCode() != 201) {
                throw new ApiFault(500, "UNKNOWN", "internal server error");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("The double was closed.", e);
        }
        state.artifacts.pushed(repository, artifact, name);
        call.created("/projects/" + call.part(1) + "/repositories/" + call.part(3) + "/artifacts/" + call.part(5)
                + "/tags/" + name);
    }
}
