package io.espalier.testkit.harbor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends webhooks, one after another, and tells event rules of pushes. */
final class Events implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Events.class);

    private final HarborState state;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService sender = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "harbor-double-webhook");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Consumer<String> cascade = repository -> {};

    Events(HarborState state) {
        this.state = state;
    }

    /** Whom to tell of a pushed repository. */
    void cascadeTo(Consumer<String> listener) {
        cascade = listener;
    }

    void pushed(String repository, String digest, String tag) {
        ObjectNode data = ApiCall.JSON.createObjectNode();
        ObjectNode resource = data.putArray("resources").addObject().put("digest", digest);
        if (!tag.isEmpty()) {
            resource.put("tag", tag);
        }
        resource.put("resource_url", "harbor/" + repository + (tag.isEmpty() ? "@" + digest : ":" + tag));
        String project = HarborState.project(repository);
        data.putObject("repository")
                .put("date_created", Instant.now().getEpochSecond())
                .put("name", repository.substring(project.length() + 1))
                .put("namespace", project)
                .put("repo_full_name", repository)
                .put("repo_type", state.isPublic(project) ? "public" : "private");
        send(project, "PUSH_ARTIFACT", "harbor.artifact.pushed", data);
        cascade.accept(repository);
    }

    /** One for each task. */
    void replicated(String repository, String status, ObjectNode policy, Iterable<String> tags) {
        String project = HarborState.project(repository);
        ObjectNode data = ApiCall.JSON.createObjectNode();
        ObjectNode replication = data.putObject("replication")
                .put("harbor_hostname", "double")
                .put("job_status", status)
                .put("description", policy.path("description").asText())
                .put("artifact_type", "image")
                .put("trigger_type", "MANUAL")
                .put("execution_timestamp", Instant.now().getEpochSecond());
        replication.putObject("src_resource").put("registry_type", "harbor").put("namespace", project);
        replication.putObject("dest_resource").put("registry_type", "harbor").put("namespace", project);
        var list = replication.putArray(status.equals("Success") ? "successful_artifact" : "failed_artifact");
        String name = repository.substring(project.length() + 1);
        tags.forEach(tag -> list.addObject()
                .put("type", "image")
                .put("status", status)
                .put("name_tag", name + " [1 item(s) in total]")
                .putArray("references")
                .add(tag));
        send(project, "REPLICATION", "harbor.replication.status.changed", data);
    }

    private void send(String project, String type, String cloudType, ObjectNode data) {
        for (ObjectNode hook :
                state.webhooks.where(row -> row.path("project").asText().equals(project)
                        && row.path("enabled").asBoolean())) {
            boolean wanted = false;
            for (JsonNode event : hook.path("event_types")) {
                wanted |= event.asText().equals(type);
            }
            if (wanted) {
                hook.path("targets").forEach(target -> sender.execute(() -> post(hook, target, type, cloudType, data)));
            }
        }
    }

    private void post(ObjectNode hook, JsonNode target, String type, String cloudType, ObjectNode data) {
        boolean cloud = target.path("payload_format").asText().equals("CloudEvents");
        ObjectNode body = ApiCall.JSON.createObjectNode();
        if (cloud) {
            body.put("specversion", "1.0").put("id", UUID.randomUUID().toString());
            body.put("source", "/projects/1/webhook/policies/" + hook.path("id").asLong());
            body.put("type", cloudType).put("datacontenttype", "application/json");
            body.put("time", Instant.now().toString()).put("operator", "admin");
            body.set("data", data);
        } else {
            body.put("type", type)
                    .put("occur_at", Instant.now().getEpochSecond())
                    .put("operator", "admin");
            body.set("event_data", data);
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(target.path("address").asText()))
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", cloud ? "application/cloudevents+json" : "application/json")
                .POST(BodyPublishers.ofByteArray(body.toString().getBytes(UTF_8)));
        if (target.hasNonNull("auth_header")) {
            request.header("Authorization", target.path("auth_header").asText());
        }
        try {
            http.send(request.build(), BodyHandlers.discarding());
        } catch (IOException failed) {
            LOG.info("The double could not deliver a webhook: {}", failed.toString());
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        sender.shutdownNow();
    }
}
