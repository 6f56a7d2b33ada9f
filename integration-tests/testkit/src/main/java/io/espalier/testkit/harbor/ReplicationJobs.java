package io.espalier.testkit.harbor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.testkit.harbor.Artifacts.Artifact;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ThreadFactory;

/** Executions: a preparation that reads the policy and makes the tasks, then one pool of workers for all tasks. */
final class ReplicationJobs implements AutoCloseable {
    private final HarborState state;
    private final Events events;
    private final ExecutorService preparing;
    private final ExecutorService workers;
    private final Set<Long> stopping = ConcurrentHashMap.newKeySet();
    private final OtherEnds others = new OtherEnds();
    /** Whoever holds a party of it holds all preparations. */
    final Phaser preparations = new Phaser();

    /** Whoever holds a party of it holds all tasks before they begin. */
    final Phaser beginnings = new Phaser();

    ReplicationJobs(HarborState state, Events events) {
        this.state = state;
        this.events = events;
        this.preparing = Executors.newCachedThreadPool(threads("harbor-double-prepare"));
        this.workers = Executors.newFixedThreadPool(state.plan.workers(), threads("harbor-double-worker"));
        events.cascadeTo(this::cascade);
    }

    private static ThreadFactory threads(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    long start(long policy, String trigger) {
        ObjectNode row =
                ApiCall.JSON.createObjectNode().put("policy_id", policy).put("status", "InProgress");
        row.put("status_text", "")
                .put("trigger", trigger)
                .put("total", 0)
                .put("succeed", 0)
                .put("failed", 0);
        row.put("in_progress", 0)
                .put("stopped", 0)
                .put("start_time", Instant.now().toString());
        long id = state.executions.add(row);
        preparing.execute(() -> prepare(id, policy));
        return id;
    }

    void stop(long execution) {
        stopping.add(execution);
    }

    private void cascade(String repository) {
        for (ObjectNode policy : state.policies.where(row -> row.path("enabled").asBoolean()
                && row.path("trigger").path("type").asText().equals("event_based"))) {
            if (state.cascades && Patterns.select(policy, "name", repository)) {
                start(policy.path("id").asLong(), "event_based");
            }
        }
    }

    private void prepare(long execution, long policyId) {
        await(preparations);
        try {
            ObjectNode policy = state.policies.get(policyId);
            List<Runnable> tasks = new ArrayList<>();
            for (String repository : state.artifacts.repositories()) {
                if (Patterns.select(policy, "name", repository)) {
                    addTask(execution, policy, repository, tasks);
                }
            }
            count(execution);
            tasks.forEach(workers::execute);
        } catch (ApiFault | IOException failed) {
            fail(execution, String.valueOf(failed.getMessage()));
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void addTask(long execution, ObjectNode policy, String repository, List<Runnable> tasks)
            throws IOException, InterruptedException {
        List<Artifact> wanted = new ArrayList<>();
        for (Artifact artifact : state.artifacts.in(repository)) {
            if (Patterns.selectLabels(policy, state.artifacts.labelsOf(artifact))
                    && state.artifacts.tagsOf(artifact).stream().anyMatch(tag -> Patterns.select(policy, "tag", tag))) {
                wanted.add(artifact);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        String there = renamed(policy, repository);
        ObjectNode registry =
                state.registries.get(policy.path("dest_registry").path("id").asLong());
        if (registry.path("type").asText().equals("harbor") && !projectIsThere(registry, HarborState.project(there))) {
            return;
        }
        String shown = " [" + wanted.size() + " item(s) in total]";
        ObjectNode task =
                ApiCall.JSON.createObjectNode().put("execution_id", execution).put("status", "Pending");
        task.put("operation", "copy").put("resource_type", "image").put("job_id", "job");
        task.put("src_resource", repository + shown).put("dst_resource", there + shown);
        long id = state.tasks.add(task);
        state.logs.put(id, new CopyOnWriteArrayList<>());
        tasks.add(() -> run(execution, id, policy, registry, repository, there, wanted));
    }

    private static String renamed(ObjectNode policy, String repository) {
        String namespace = policy.path("dest_namespace").asText();
        if (namespace.isEmpty()) {
            return repository;
        }
        String[] parts = repository.split("/", -1);
        int drop = policy.path("dest_namespace_replace_count").asInt(-1);
        if (drop < 0) {
            return namespace + "/" + parts[parts.length - 1];
        }
        if (drop >= parts.length) {
            throw ApiFault.badRequest(
                    "the repository namespace " + repository + " has too few parts to replace " + drop);
        }
        return namespace + "/" + String.join("/", List.of(parts).subList(drop, parts.length));
    }

    /** Whether images can go there: makes the project; a proxy cache is passed over without a word. */
    private boolean projectIsThere(ObjectNode registry, String project) throws IOException, InterruptedException {
        HttpClient http = others.client(registry);
        HttpRequest.Builder read = api(registry, "/projects/" + project).header("X-Is-Resource-Name", "true");
        HttpResponse<String> found = http.send(read.build(), BodyHandlers.ofString());
        if (found.statusCode() == 200) {
            return ApiCall.JSON.readTree(found.body()).path("registry_id").asLong(0) == 0;
        }
        String body = "{\"project_name\":\"" + project + "\",\"metadata\":{\"public\":\"false\"}}";
        HttpResponse<String> made = http.send(
                api(registry, "/projects")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        if (made.statusCode() != 201 && made.statusCode() != 409) {
            throw new IOException("failed to prepare the destination: http error: code " + made.statusCode()
                    + ", message " + made.body());
        }
        return true;
    }

    private HttpRequest.Builder api(ObjectNode registry, String path) {
        String login = registry.path("credential").path("access_key").asText() + ":" + secret(registry);
        return HttpRequest.newBuilder(URI.create(registry.path("url").asText() + ApiCall.BASE + path))
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes(UTF_8)));
    }

    private String secret(ObjectNode registry) {
        return state.secrets.getOrDefault(registry.path("id").asLong(), "");
    }

    private void run(
            long execution,
            long task,
            ObjectNode policy,
            ObjectNode registry,
            String repository,
            String there,
            List<Artifact> wanted) {
        await(beginnings);
        status(execution, task, "InProgress");
        List<String> log = requireNonNull(state.logs.get(task));
        Set<String> tags = new TreeSet<>();
        String end = "Succeed";
        try {
            if (!state.failTasksWith.isEmpty()) {
                throw new IOException(state.failTasksWith);
            }
            ImageCopy copy = new ImageCopy(
                    others.client(registry),
                    state.registry.uri(),
                    URI.create(registry.path("url").asText()),
                    registry.path("credential").path("access_key").asText(),
                    secret(registry),
                    line -> log.add(Instant.now() + " [INFO] " + line),
                    () -> stopping.contains(execution));
            for (Artifact artifact : wanted) {
                List<String> selected = state.artifacts.tagsOf(artifact).stream()
                        .filter(tag -> Patterns.select(policy, "tag", tag))
                        .limit(state.loseTags ? 1 : Long.MAX_VALUE)
                        .toList();
                tags.addAll(selected);
                copy.copy(
                        repository,
                        artifact,
                        there,
                        selected,
                        policy.path("override").asBoolean());
            }
        } catch (ImageCopy.StoppedException stopped) {
            end = "Stopped";
        } catch (IOException failed) {
            log.add(Instant.now() + " [ERROR] " + failed.getMessage());
            end = "Failed";
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
            return;
        }
        status(execution, task, end);
        events.replicated(repository, end.equals("Succeed") ? "Success" : "Error", policy, tags);
    }

    private synchronized void status(long execution, long task, String status) {
        state.tasks.put(task, state.tasks.get(task).put("status", status));
        count(execution);
    }

    private synchronized void fail(long execution, String why) {
        state.executions.put(
                execution,
                state.executions
                        .get(execution)
                        .put("status", "Failed")
                        .put("status_text", why)
                        .put("end_time", Instant.now().toString()));
    }

    private synchronized void count(long execution) {
        List<ObjectNode> tasks =
                state.tasks.where(row -> row.path("execution_id").asLong() == execution);
        ObjectNode row = state.executions.get(execution);
        row.put("total", tasks.size());
        row.put("succeed", with(tasks, "Succeed")).put("failed", with(tasks, "Failed"));
        row.put("stopped", with(tasks, "Stopped"));
        long open = tasks.size() - with(tasks, "Succeed") - with(tasks, "Failed") - with(tasks, "Stopped");
        row.put("in_progress", open);
        if (open == 0) {
            String end = with(tasks, "Failed") > 0 ? "Failed" : with(tasks, "Stopped") > 0 ? "Stopped" : "Succeed";
            row.put("status", end).put("end_time", Instant.now().toString());
        }
        state.executions.put(execution, row);
    }

    private static long with(List<ObjectNode> tasks, String status) {
        return tasks.stream()
                .filter(row -> row.path("status").asText().equals(status))
                .count();
    }

    private static void await(Phaser gate) {
        if (gate.getRegisteredParties() > 0) {
            gate.awaitAdvance(gate.getPhase());
        }
    }

    @Override
    public void close() {
        preparing.shutdownNow();
        workers.shutdownNow();
        preparations.forceTermination();
        beginnings.forceTermination();
    }
}
