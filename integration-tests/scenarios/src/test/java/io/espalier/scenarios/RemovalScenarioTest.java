package io.espalier.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.testkit.files.Folders;
import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import io.espalier.testkit.replication.RelayCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images that go from the master's registry, and what becomes of them in the registries of two nodes; each site runs a kernel as
 * operators do. The setting {@code deletes} changes on the way, so the order of the tests counts.
 */
@Tag("scenario")
@RequiresProgram("docker-registry")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RemovalScenarioTest {
    private static final int MASTER = RemovalSites.MASTER;
    private static final List<Integer> NODES = RemovalSites.NODES;
    private static final String SHOP = "shop/web";

    @TempDir
    private static Path folder;

    private final SampleImage stays = SampleImages.oci(400, 20_000);
    private final SampleImage web = SampleImages.oci(401, 60_000, 20_000);
    private RemovalSites sites;
    private RelayCluster cluster;
    private ControllerDoor door;

    @BeforeAll
    void start() {
        sites = new RemovalSites(folder, Map.of("poll-seconds", 1));
        cluster = sites.cluster;
        door = sites.door;
        for (int i = 0; i < 5; i++) {
            sites.push(stays, "stays/app", "v" + i);
        }
    }

    @AfterAll
    void stop() {
        sites.close();
    }

    /** A few at once are no mass here. */
    private void follow(int minutes) {
        cluster.controller(Map.of(
                "poll-seconds", 1, "deletes", "delete", "delete-after-minutes", minutes, "delete-most-percent", 50));
    }

    @Test
    @Order(1)
    void byDefaultNodesKeepWhatIsDeletedAtTheMaster() {
        SampleImage image = SampleImages.oci(410, 30_000);
        sites.push(image, "kept/app", "v1");
        sites.deleteAtMaster(image, "kept/app");

        assertThat(sites.awaitRemoval("kept/app", "v1", "kept").path("reason").asText())
                .isEqualTo("The setting deletes is keep.");
        assertThat(cluster.onMaster("image:removals"))
                .containsPattern("kept/app:v1  kept  gone since .*nodes keep it: The setting deletes is keep");
        sites.requireKept(image, "kept/app", "v1", NODES);
    }

    @Test
    @Order(2)
    void whatWentWhileNodesKeptEverythingIsHeldUntilAnOperatorConfirms() {
        SampleImage image = SampleImages.oci(410, 30_000);
        follow(60);

        JsonNode held = sites.awaitRemoval("kept/app", "v1", "held");
        assertThat(held.path("reason").asText()).isEqualTo("It went while the setting deletes was keep.");
        assertThat(cluster.onMaster("image:removals"))
                .containsPattern("kept/app:v1  held .*Nodes keep it; --confirm or --reject it");
        sites.requireKept(image, "kept/app", "v1", NODES);
        cluster.awaitConnected();

        assertThat(cluster.onMaster(
                        "image:removals --confirm " + held.path("id").asText()))
                .contains("2 nodes are told to delete kept/app:v1");
        sites.awaitGone("kept/app", "v1", NODES);
        sites.awaitGone("kept/app", image.digest(), NODES);
        sites.awaitRemoval("kept/app", "v1", "done");
    }

    @Test
    @Order(3)
    void theShellShowsWhatWouldGoAndRemovesOneOfTwoTagsOfADigest() {
        SampleImage other = SampleImages.oci(402, 25_000);
        sites.push(web, SHOP, "1.0");
        sites.push(web, SHOP, "latest");
        sites.push(other, SHOP, "2.0");

        String dry = cluster.onMaster("image:remove " + SHOP + ":1.0 --dry-run");
        assertThat(dry).contains("Dry run for " + SHOP + ":1.0; nothing was removed");
        for (int site : NODES) {
            assertThat(dry).containsPattern("(?m)site-" + site + " +would lose tags 1\\.0$");
        }
        assertThat(dry).contains(web.digest() + " stays: tag latest points at it too");
        KernelHome.Answer refused = cluster.home(MASTER).exec("image:remove " + SHOP + ":1.0");
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.text()).contains("The master's registry still has " + SHOP + ":1.0");
        sites.requireKept(web, SHOP, "1.0", NODES);

        // The registry deletes all tags of a digest at once, so whoever wants one of them back pushes it again.
        sites.deleteAtMaster(web, SHOP);
        sites.pusher(MASTER).pushManifest(web, SHOP, "latest");
        assertThat(cluster.onMaster("image:remove " + SHOP + ":1.0"))
                .contains("2 nodes are told to delete " + SHOP + ":1.0");

        sites.awaitGone(SHOP, "1.0", NODES);
        assertThat(sites.awaitRemoval(SHOP, "1.0", "done").path("byHand").asBoolean())
                .isTrue();
        assertThat(cluster.onMaster("image:removals")).containsPattern(SHOP + ":1\\.0  done  gone since .*  by hand");
        for (int site : NODES) {
            sites.requireWhole(site, web, SHOP, "latest");
            sites.requireWhole(site, other, SHOP, "2.0");
        }
        assertThat(cluster.onMaster("image:verify " + SHOP + ":latest")).contains("right at 3 of 3");
    }

    @Test
    @Order(4)
    void theRestDoorDoesTheSameAndRefusesInSentences() throws IOException {
        SampleImage image = SampleImages.oci(402, 25_000);
        ControllerDoor.Reply dry = remove(SHOP, "2.0", true);
        assertThat(dry.status()).as(dry.text()).isEqualTo(200);
        assertThat(dry.json().path("nodes")).hasSize(2).allSatisfy(node -> {
            assertThat(node.path("tags").toString()).isEqualTo("[\"2.0\"]");
            assertThat(node.path("manifests").toString()).isEqualTo("[\"" + image.digest() + "\"]");
        });
        requireRefusal(remove(SHOP, "2.0", false), 409, "still has " + SHOP + ":2.0");
        requireRefusal(remove(SHOP, "no-such", false), 400, "is not replicated now");
        requireRefusal(
                door.post("/v1/removals", "{\"repository\":\"" + SHOP + "\",\"tag\":\"2.0\",\"mode\":\"shred\"}"),
                400,
                "send untag or delete");
        requireRefusal(door.post("/v1/removals/0000/confirm", ""), 400, "no open removal '0000'");
        sites.requireKept(image, SHOP, "2.0", NODES);

        sites.deleteAtMaster(image, SHOP);
        JsonNode waiting = sites.awaitRemoval(SHOP, "2.0", "grace");
        assertThat(Instant.parse(waiting.path("due").asText()))
                .isAfter(Instant.now().plus(Duration.ofMinutes(50)));
        sites.requireKept(image, SHOP, "2.0", NODES);
        ControllerDoor.Reply told = remove(SHOP, "2.0", false);
        assertThat(told.status()).as(told.text()).isEqualTo(202);

        sites.awaitGone(SHOP, "2.0", NODES);
        sites.awaitGone(SHOP, image.digest(), NODES);
        JsonNode done = sites.awaitRemoval(SHOP, "2.0", "done");
        assertThat(done.path("nodes"))
                .hasSize(2)
                .allSatisfy(node -> assertThat(node.path("outcome").asText()).isEqualTo("done"));
        for (int site : NODES) {
            sites.requireWhole(site, web, SHOP, "latest");
        }
    }

    @Test
    @Order(5)
    void whatAClientDeletesIsListedFirstAndAnOperatorMaySayNoOrYes() throws IOException {
        SampleImage yes = SampleImages.oci(420, 20_000);
        SampleImage no = SampleImages.oci(421, 20_000);
        sites.push(yes, "client/app", "yes");
        sites.push(no, "client/app", "no");
        sites.push(stays, "client/app", "stays");
        sites.deleteAtMaster(yes, "client/app");
        sites.deleteAtMaster(no, "client/app");

        String confirm =
                sites.awaitRemoval("client/app", "yes", "grace").path("id").asText();
        String reject =
                sites.awaitRemoval("client/app", "no", "grace").path("id").asText();
        assertThat(cluster.onMaster("image:removals")).containsPattern("client/app:yes  grace .*nodes are told at 20");
        sites.requireKept(yes, "client/app", "yes", NODES);
        assertThat(cluster.onMaster("image:removals --reject " + reject)).contains("until its tag is pushed again");
        ControllerDoor.Reply confirmed = door.post("/v1/removals/" + confirm + "/confirm", "");
        assertThat(confirmed.status()).as(confirmed.text()).isEqualTo(200);

        sites.awaitGone("client/app", "yes", NODES);
        sites.awaitGone("client/app", yes.digest(), NODES);
        sites.awaitRemoval("client/app", "no", "rejected");
        sites.requireKept(no, "client/app", "no", NODES);
        assertThat(cluster.onMaster("control:audit --limit 10")).contains("confirm-removal", "reject-removal");
    }

    @Test
    @Order(6)
    void whatIsGoneLongEnoughGoesByItselfAndAtAKilledNodeWhenItIsBack() {
        SampleImage image = SampleImages.oci(430, 40_000);
        sites.push(image, "ripe/app", "v1");
        sites.deleteAtMaster(image, "ripe/app");
        sites.awaitRemoval("ripe/app", "v1", "grace");
        cluster.killKernel(2);
        follow(0);

        sites.awaitGone("ripe/app", "v1", List.of(1));
        sites.awaitGone("ripe/app", image.digest(), List.of(1));
        JsonNode ordered =
                sites.awaitRemoval("ripe/app", "v1", "ordered", removal -> RemovalSites.outcome(removal, "site-1")
                        .equals("done"));
        assertThat(RemovalSites.outcome(ordered, "site-2")).isEmpty();
        assertThat(cluster.onMaster("image:removals")).containsPattern("(?m)^ +site-2 +away");
        assertThat(sites.digest(2, "ripe/app", "v1")).isEqualTo(image.digest());

        cluster.startKernel(2);
        cluster.awaitConnected();
        sites.awaitGone("ripe/app", "v1", List.of(2));
        sites.awaitGone("ripe/app", image.digest(), List.of(2));
        sites.awaitRemoval("ripe/app", "v1", "done");
    }

    /** Nodes are told after no time at all here, so only the doubt protects them. */
    @Test
    @Order(7)
    void nothingGoesWhenTheMastersRegistryHasLostItsStorage() throws IOException {
        RegistryServer registry = cluster.registry(MASTER);
        registry.stop();
        Path elsewhere = registry.storage().resolveSibling("elsewhere");
        Files.move(registry.storage(), elsewhere);
        registry.start();

        for (int i = 0; i < 5; i++) {
            assertThat(sites.awaitRemoval("stays/app", "v" + i, "held")
                            .path("reason")
                            .asText())
                    .contains("shows none of its ", "may have lost its storage");
        }
        sites.awaitRemoval(SHOP, "latest", "held");
        assertThat(cluster.onMaster("image:removals"))
                .containsPattern("stays/app:v0  held .*Nodes keep it; --confirm or --reject it");
        sites.requireKept(web, SHOP, "latest", NODES);
        for (int site : NODES) {
            for (int i = 0; i < 5; i++) {
                sites.requireWhole(site, stays, "stays/app", "v" + i);
            }
            sites.requireWhole(site, stays, "client/app", "stays");
            sites.requireWhole(site, web, SHOP, "latest");
        }

        registry.stop();
        Folders.delete(registry.storage());
        Files.move(elsewhere, registry.storage());
        registry.start();
        sites.awaitNothingUndecided();
        sites.requireWhole(1, stays, "stays/app", "v0");
    }

    private ControllerDoor.Reply remove(String repository, String tag, boolean dryRun) throws IOException {
        return door.post(
                "/v1/removals",
                "{\"repository\":\"" + repository + "\",\"tag\":\"" + tag + "\",\"dryRun\":" + dryRun + "}");
    }

    private static void requireRefusal(ControllerDoor.Reply reply, int status, String words) throws IOException {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.json().path("message").asText()).contains(words);
    }
}
