package io.espalier.testkit.harbor;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.espalier.testkit.harbor.Accounts.Account;
import io.espalier.testkit.registry.RegistryServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A test double of Harbor 2.5 to 2.15: its API as an HTTP server with state, and {@code /v2/} over a docker-registry of its own,
 * so that real clients push and pull. It behaves as published facts say Harbor does, traps included.
 *
 * <p>How it deviates from Harbor:
 *
 * <ul>
 *   <li>{@code /v2/} asks for Basic credentials, not for a token; content goes through docker-registry 2.8.2.
 *   <li>Only policies that push are carried out; policies that pull are taken and fail when they run.
 *   <li>Schedules are checked but never run. Resource filters are checked but select everything.
 *   <li>A blob that fails is not tried again. Indexes are followed one level deep; accessories and referrers are not copied, except
 *       that tags of signatures are tags.
 *   <li>Quotas are checked when a manifest comes, and in no other unit than bytes. Immutability is by whole tag names.
 *   <li>Labels are put at artifacts by the test alone and are no things of their own; Harbor's are not
 *       replicated either.
 *   <li>No LDAP, OIDC, scans, retention, proxy traffic, jobservice queues; robots are kept until the double is closed.
 *   <li>Deleting a repository keeps blobs; there is no garbage collection.
 *   <li>Everything but the content is in memory and gone with the double.
 * </ul>
 *
 * <p>A test that uses it is marked {@code @RequiresProgram("docker-registry")}. Thread-safe.
 */
public final class HarborDouble implements AutoCloseable {
    private final HarborState state;
    private final Events events;
    private final ReplicationJobs jobs;
    private final ContentDoor content;
    private final List<ApiRoutes> routes;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "harbor-double");
        thread.setDaemon(true);
        return thread;
    });

    HarborDouble(HarborPlan plan) {
        requireNonNull(plan, "plan is null");
        state = new HarborState(plan, RegistryServer.in(plan.folder()).start());
        events = new Events(state);
        jobs = new ReplicationJobs(state, events);
        content = new ContentDoor(state, events);
        routes = List.of(
                new SystemRoutes(state),
                new ProjectRoutes(state),
                new ArtifactRoutes(state),
                new RegistryRoutes(state),
                new PolicyRoutes(state),
                new ExecutionRoutes(state, jobs));
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to start a double of Harbor on loopback.", e);
        }
        server.createContext("/v2/", this::content);
        server.createContext(ApiCall.BASE + "/", this::api);
        server.setExecutor(threads);
        server.start();
    }

    /** A Harbor 2.14 whose registry is in this folder, on a free loopback port. */
    public static HarborPlan in(Path folder) {
        return HarborPlan.plain(folder);
    }

    public URI uri() {
        return URI.create("http://" + host());
    }

    /** Host and port, as they stand in an image reference. */
    public String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    public String user() {
        return state.plan.user();
    }

    public String password() {
        return state.plan.password();
    }

    /** The registry behind it. */
    public RegistryServer registry() {
        return state.registry;
    }

    /** All calls of the API so far, as {@code PUT /replication/policies/1}, in the order in which they came. */
    public List<String> calls() {
        return List.copyOf(state.calls);
    }

    /** Forgets the calls so far. */
    public void forgetCalls() {
        state.calls.clear();
    }

    /** The cookies that clients sent. */
    public Set<String> cookies() {
        return Set.copyOf(state.cookies);
    }

    /** What stands in a policy, with the secret of its other end besides. */
    public ObjectNode policy(String name) {
        return state.policies.named(name).orElseThrow(() -> new AssertionError("There is no policy " + name + "."));
    }

    /** Names of all policies. */
    public List<String> policies() {
        return state.policies.all().stream()
                .map(row -> row.path("name").asText())
                .toList();
    }

    /** Names of all registry entries. */
    public List<String> registries() {
        return state.registries.all().stream()
                .map(row -> row.path("name").asText())
                .toList();
    }

    /** The true secret of a registry entry. */
    public String secretOf(String registry) {
        long id = state.registries.named(registry).orElseThrow().path("id").asLong();
        return state.secrets.getOrDefault(id, "");
    }

    /** Changes a policy, as its operator might do it by hand. */
    public void changePolicy(String name, java.util.function.Consumer<ObjectNode> change) {
        ObjectNode row = policy(name);
        change.accept(row);
        state.policies.put(row.path("id").asLong(), row);
    }

    /** Adds so many copies of a policy, named {@code espalier-copy-1} and so on. */
    public void copyPolicy(String name, int count) {
        for (int i = 1; i <= count; i++) {
            long ignored = state.policies.add(policy(name).put("name", "espalier-copy-" + i));
        }
    }

    /** From now on other Harbors find it unhealthy. */
    public void refuseOtherHarbors(boolean on) {
        state.pingFails = on;
    }

    /** Changes a registry entry, as its operator might do it by hand. */
    public void changeRegistry(String name, java.util.function.Consumer<ObjectNode> change) {
        ObjectNode row = state.registries.named(name).orElseThrow();
        change.accept(row);
        state.registries.put(row.path("id").asLong(), row);
    }

    /** Adds a user who is no administrator but may do these things, as {@code registry:create}. */
    public void addRobot(String name, String secret, Set<String> permissions) {
        state.accounts.add(new Account(name, secret, false, permissions));
    }

    public void addProject(String name, boolean open) {
        long ignored = state.addProject(name, open, 0);
    }

    /** Adds a project that caches another registry. */
    public void addProxyProject(String name) {
        long ignored = state.addProject(name, false, 1);
    }

    public List<String> projects() {
        return state.projects.all().stream()
                .map(row -> row.path("name").asText())
                .toList();
    }

    /** Limits what a project may hold. */
    public void quota(String project, long bytes) {
        state.quotas.put(project, bytes);
    }

    /** From now on this tag may be set once in each repository of the project. */
    public void immutable(String project, String tag) {
        state.immutable.add(project + "/" + tag);
    }

    public void readOnly(boolean on) {
        state.readOnly = on;
    }

    public void freeDisk(long bytes) {
        state.freeBytes = bytes;
    }

    /** From now on every task fails with this in its log; empty for none. */
    public void failTasks(String log) {
        state.failTasksWith = log;
    }

    /** From now on only the first of several tags of an artifact is copied, as some versions do it. */
    public void loseTags() {
        state.loseTags = true;
    }

    /** Holds executions before they read their policy; until the answer is released. */
    public Held holdPreparation() {
        jobs.preparations.register();
        return jobs.preparations::arriveAndDeregister;
    }

    /** Holds tasks before they begin; until the answer is released. */
    public Held holdTasks() {
        jobs.beginnings.register();
        return jobs.beginnings::arriveAndDeregister;
    }

    /** Something that waits until this is released, or the double is closed. */
    @FunctionalInterface
    public interface Held {
        void release();
    }

    /** The digest under this tag, as Harbor's database has it. */
    public Optional<String> digest(String repository, String tag) {
        return state.artifacts.find(repository, tag).map(Artifacts.Artifact::digest);
    }

    /** Puts a label at what the tag points to. */
    public void label(String repository, String tag, String name) {
        state.artifacts.label(state.artifacts.find(repository, tag).orElseThrow(), name);
    }

    /** Forgets a tag, as somebody may do it by hand. */
    public void untag(String repository, String tag) {
        state.artifacts.untag(repository, tag);
    }

    /** How many executions there were, of this policy. */
    public long executions(String policy) {
        long id = policy(policy).path("id").asLong();
        return state.executions
                .where(row -> row.path("policy_id").asLong() == id)
                .size();
    }

    private void content(HttpExchange exchange) throws IOException {
        try (exchange) {
            content.serve(exchange);
        }
    }

    private void api(HttpExchange exchange) throws IOException {
        try (exchange) {
            Optional<Account> who =
                    state.accounts.of(exchange.getRequestHeaders().getFirst("Authorization"));
            state.calls.add(exchange.getRequestMethod() + " "
                    + exchange.getRequestURI().toString().substring(ApiCall.BASE.length()));
            ApiCall call = new ApiCall(exchange, who);
            try {
                checkCookies(exchange);
                for (ApiRoutes group : routes) {
                    if (group.serve(call)) {
                        return;
                    }
                }
                throw ApiFault.notFound("path");
            } catch (ApiFault fault) {
                call.fault(fault);
            }
        }
    }

    /** Whoever keeps a session's cookie has to show the token against forged requests too. */
    private void checkCookies(HttpExchange exchange) {
        String cookie = exchange.getRequestHeaders().getFirst("Cookie");
        if (cookie != null) {
            state.cookies.add(cookie);
            if (!Set.of("GET", "HEAD").contains(exchange.getRequestMethod())
                    && exchange.getRequestHeaders().getFirst("X-Harbor-CSRF-Token") == null) {
                throw new ApiFault(403, "FORBIDDEN", "CSRF token not found in request");
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        jobs.close();
        events.close();
        state.registry.close();
    }
}
