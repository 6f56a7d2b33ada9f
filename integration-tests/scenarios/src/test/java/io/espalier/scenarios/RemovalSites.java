package io.espalier.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.replication.RelayCluster;
import io.espalier.testkit.replication.RelaySite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A master (site 0) and two nodes, each with a registry that lets images be deleted, looked at from outside. */
final class RemovalSites implements AutoCloseable {
    static final int MASTER = 0;
    static final List<Integer> NODES = List.of(1, 2);
    private static final Duration SOON = Duration.ofSeconds(60);
    /** Several looks at the master's registry. */
    private static final Duration SOME_LOOKS = Duration.ofSeconds(4);

    private static final Duration LOOK = Duration.ofMillis(200);

    final RelayCluster cluster;
    final ControllerDoor door;

    RemovalSites(Path folder, Map<String, ?> controller) {
        List<RelaySite> sites = new ArrayList<>();
        for (int site = 0; site <= NODES.size(); site++) {
            sites.add(new RelaySite(
                    "site-" + site,
                    "127.0.0.1",
                    LoopbackPorts.free(),
                    LoopbackPorts.free(),
                    RegistryServer.in(folder.resolve("registry-" + site)),
                    Map.of(),
                    List.of()));
        }
        cluster = RelayCluster.prepare(sites, LoopbackPorts.free(), KernelHome.built(), folder.resolve("kernels"));
        door = new ControllerDoor(cluster.controllerPort());
        cluster.start(controller);
    }

    ImagePusher pusher(int site) {
        return ImagePusher.to(cluster.registry(site).uri());
    }

    String digest(int site, String repository, String reference) {
        return pusher(site).digestOf(repository, reference);
    }

    /** Pushes to the master and waits until all nodes have it, by their registries' and by the master's word. */
    void push(SampleImage image, String repository, String tag) {
        pusher(MASTER).push(image, repository, tag);
        for (int site : NODES) {
            door.await("site-" + site, repository, tag, "done", SOON, node -> node.path("state")
                    .asText()
                    .equals("done"));
            requireWhole(site, image, repository, tag);
        }
    }

    void deleteAtMaster(SampleImage image, String repository) {
        ImagePusher.Answer answer =
                pusher(MASTER).request("DELETE", "/v2/" + repository + "/manifests/" + image.digest(), Map.of());
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
    }

    void requireWhole(int site, SampleImage image, String repository, String tag) {
        assertThat(digest(site, repository, tag))
                .as(repository + ":" + tag + " at site " + site)
                .isEqualTo(image.digest());
        for (SampleBlob blob : image.blobs()) {
            assertThat(pusher(site).readBlob(repository, blob.digest())).isEqualTo(blob.digest() + " " + blob.size());
        }
    }

    /** What is removed never comes back by itself, so it is there all the time when it is at the end. */
    void requireKept(SampleImage image, String repository, String tag, List<Integer> sites) {
        Awaitility.await(repository + ":" + tag + " stays at sites " + sites)
                .during(SOME_LOOKS)
                .atMost(SOME_LOOKS.multipliedBy(3))
                .pollInterval(LOOK)
                .until(() -> sites.stream()
                        .allMatch(site -> digest(site, repository, tag).equals(image.digest())));
    }

    void awaitGone(String repository, String reference, List<Integer> sites) {
        for (int site : sites) {
            try {
                Awaitility.await().atMost(SOON).pollInterval(LOOK).until(() -> digest(site, repository, reference)
                        .isEmpty());
            } catch (ConditionTimeoutException e) {
                throw new AssertionError(
                        "Site " + site + " still has " + repository + " " + reference + " after " + SOON
                                + "; the master says " + door.look("/v1/removals"),
                        e);
            }
        }
    }

    JsonNode awaitRemoval(String repository, String tag, String state) {
        return awaitRemoval(repository, tag, state, removal -> true);
    }

    JsonNode awaitRemoval(String repository, String tag, String state, Predicate<JsonNode> good) {
        Map<String, JsonNode> last = new HashMap<>();
        try {
            return Awaitility.await()
                    .atMost(SOON)
                    .pollInterval(LOOK)
                    .until(
                            () -> {
                                JsonNode all = door.look("/v1/removals");
                                last.put("all", all);
                                return removal(all, repository, tag);
                            },
                            found -> found.path("state").asText().equals(state) && good.test(found));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "The removal of " + repository + ":" + tag + " was not " + state + " as wanted within " + SOON
                            + "; there are " + last.get("all"),
                    e);
        }
    }

    void awaitNothingUndecided() {
        Awaitility.await("no removal is undecided any more")
                .atMost(SOON)
                .pollInterval(LOOK)
                .until(() -> door.look("/v1/removals").path("undecided").asInt(-1) == 0);
    }

    private static JsonNode removal(JsonNode all, String repository, String tag) {
        for (JsonNode one : all.path("removals")) {
            if (one.path("repository").asText().equals(repository)
                    && one.path("tag").asText().equals(tag)) {
                return one;
            }
        }
        return all.path("none");
    }

    static String outcome(JsonNode removal, String node) {
        for (JsonNode part : removal.path("nodes")) {
            if (part.path("node").asText().equals(node)) {
                return part.path("outcome").asText();
            }
        }
        return "no such part";
    }

    @Override
    public void close() {
        cluster.close();
    }
}
