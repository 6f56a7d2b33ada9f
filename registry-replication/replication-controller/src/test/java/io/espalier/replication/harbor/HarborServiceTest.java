package io.espalier.replication.harbor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.harbor.node.HarborNode;
import io.espalier.harbor.run.LabelRule;
import io.espalier.harbor.run.RunSettings;
import io.espalier.harbor.tree.EdgeSettings;
import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.harbor.HarborHooks.Outcome;
import io.espalier.replication.member.Member;
import io.espalier.replication.shell.HarborConsole;
import io.espalier.testkit.harbor.HarborDouble;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import io.espalier.tree.network.Network;
import io.espalier.tree.planned.SizeAwarePlanner;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
@Timeout(120)
class HarborServiceTest {
    private static final String TOKEN = "Bearer of-the-hook";
    private static final SampleImage IMAGE = SampleImages.oci(5, 40_000);
    private static final RunSettings RUNS = new RunSettings(
            Duration.ofMillis(20), Duration.ofSeconds(20), Duration.ofSeconds(60), 1, Duration.ofMillis(20));

    @TempDir
    private Path folder;

    private final HarborHooks hooks = new HarborHooks();
    private final List<Member> members = new CopyOnWriteArrayList<>();
    private final List<String> takenOver = new CopyOnWriteArrayList<>();
    private Duration again = Duration.ofMinutes(10);
    private HarborDouble root;
    private HarborDouble leaf;
    private HarborService service;
    private HarborConsole console;

    @BeforeEach
    void start() {
        root = HarborDouble.in(folder.resolve("r")).start();
        leaf = HarborDouble.in(folder.resolve("l")).start();
        service = serve(
                HarborNode.of("root", root.uri(), root.user(), root.password()),
                HarborNode.of("leaf", leaf.uri(), leaf.user(), leaf.password()));
        console = new HarborConsole(() -> service);
        ImagePusher.to(root.uri()).as(root.user(), root.password()).push(IMAGE, "library/app", "1");
    }

    @AfterEach
    void stop() {
        service.close();
        root.close();
        leaf.close();
    }

    private HarborService serve(HarborNode... harbors) {
        return serve(LabelRule.NONE, harbors);
    }

    private HarborService serve(LabelRule labels, HarborNode... harbors) {
        HarborSettings settings = new HarborSettings(
                "test",
                List.of(harbors),
                EdgeSettings.DEFAULT,
                TOKEN,
                true,
                labels,
                folder.resolve("data/harbor-tree"));
        HarborView view = new HarborView(
                () -> members,
                known -> Network.of(known.stream()
                                .map(member -> member.id().value())
                                .toArray(String[]::new))
                        .build(),
                SizeAwarePlanner::new,
                (repository, reference, digest) -> takenOver.add(repository + ":" + reference + "@" + digest));
        return HarborService.start(settings, view, hooks, RUNS, again);
    }

    private static byte[] pushOf(String repository, SampleImage image) {
        return ("{\"type\":\"PUSH_ARTIFACT\",\"event_data\":{\"resources\":[{\"digest\":\"" + image.digest()
                        + "\",\"tag\":\"1\"}],\"repository\":{\"repo_full_name\":\"" + repository + "\"}}}")
                .getBytes(UTF_8);
    }

    @Test
    void listsAppliesPushesAndRemoves() throws Exception {
        assertThat(console.list()).contains("root  " + root.uri(), "Harbor 2.14", "leaf  ");
        assertThat(console.apply(List.of("--harbor", "--dry-run")))
                .startsWith("root\n  leaf\n")
                .contains("POST /registries", "2 changes would be made");
        assertThat(root.policies()).isEmpty();

        assertThat(console.apply(List.of("--harbor"))).contains("2 changes made, 0 failed.");
        assertThat(console.apply(List.of("--harbor", "--size", "1GB"))).contains("0 changes made, 0 failed.");
        List<String> screen = new CopyOnWriteArrayList<>();
        assertThat(console.push(List.of("library/app:1"), screen::add)).contains("leaf: arrived after");

        assertThat(leaf.digest("library/app", "1")).contains(IMAGE.digest());
        assertThat(screen).anyMatch(line -> line.contains("root -> leaf is checked"));
        assertThat(console.status()).contains("library/app:1 at leaf arrived");
        assertThat(console.remove(List.of())).contains("2 changes made, 0 failed.");
        assertThatThrownBy(() -> console.push(List.of("library/app:1"), screen::add))
                .hasMessageContaining("tree:apply --harbor");
    }

    @Test
    void carriesOnlyWhatHasTheLabelsAtTheRoot() throws Exception {
        service.close();
        service = serve(
                new LabelRule(List.of("released", "scanned"), List.of("internal")),
                HarborNode.of("root", root.uri(), root.user(), root.password()),
                HarborNode.of("leaf", leaf.uri(), leaf.user(), leaf.password()));
        console.apply(List.of("--harbor"));
        root.label("library/app", "1", "released");
        assertThatThrownBy(() -> console.push(List.of("library/app:1"), step -> {}))
                .hasMessageContaining("it does not have the label 'scanned'");

        root.label("library/app", "1", "scanned");
        console.push(List.of("library/app:1"), step -> {});
        assertThat(leaf.digest("library/app", "1")).contains(IMAGE.digest());
        assertThat(root.policy(root.policies().get(0)).path("filters").toString())
                .contains("{\"type\":\"label\",\"value\":[\"released\",\"scanned\"],\"decoration\":\"matches\"}")
                .contains("{\"type\":\"label\",\"value\":[\"internal\"],\"decoration\":\"excludes\"}");

        root.label("library/app", "1", "internal");
        assertThatThrownBy(() -> console.push(List.of("library/app:1"), step -> {}))
                .hasMessageContaining("it has the label 'internal', which is excluded");
    }

    @Test
    void carriesDownWhatTheRootsWebhookTellsOf() throws Exception {
        console.apply(List.of("--harbor"));

        assertThat(hooks.receive(TOKEN, pushOf("library/app", IMAGE))).isEqualTo(Outcome.TAKEN);

        await("the image at the leaf").atMost(Duration.ofSeconds(30)).until(() -> leaf.digest("library/app", "1")
                .isPresent());
        assertThat(takenOver).as("relays hear of it too").containsExactly("library/app:1@" + IMAGE.digest());
    }

    @Test
    void carriesAfterARestartWhatAHarborCouldNotTakeBefore() throws Exception {
        console.apply(List.of("--harbor"));
        root.failTasks("upgrading");
        assertThat(hooks.receive(TOKEN, pushOf("library/app", IMAGE))).isEqualTo(Outcome.TAKEN);
        await("the failure").atMost(Duration.ofSeconds(30)).until(() -> console.status()
                .lines()
                .anyMatch(line ->
                        line.startsWith("library/app:1 is still to be carried, since ") && line.contains("upgrading")));
        service.close();
        root.failTasks("");

        service = serve(
                HarborNode.of("root", root.uri(), root.user(), root.password()),
                HarborNode.of("leaf", leaf.uri(), leaf.user(), leaf.password()));

        await("the image at the leaf").atMost(Duration.ofSeconds(30)).until(() -> leaf.digest("library/app", "1")
                .isPresent());
        await("its end").atMost(Duration.ofSeconds(30)).until(() -> !console.status()
                .contains("still to be carried"));
        assertThat(folder.resolve("data/harbor-waiting")).isEmptyFile();
    }

    @Test
    void triesAgainByItselfWhatAHarborLacks() throws Exception {
        service.close();
        again = Duration.ofMillis(100);
        service = serve(
                HarborNode.of("root", root.uri(), root.user(), root.password()),
                HarborNode.of("leaf", leaf.uri(), leaf.user(), leaf.password()));
        console.apply(List.of("--harbor"));
        root.failTasks("upgrading");
        hooks.receive(TOKEN, pushOf("library/app", IMAGE));
        await("the failure").atMost(Duration.ofSeconds(30)).until(() -> console.status()
                .contains("upgrading"));

        root.failTasks("");

        await("the image at the leaf").atMost(Duration.ofSeconds(30)).until(() -> leaf.digest("library/app", "1")
                .isPresent());
    }

    @Test
    void refusesWebhooksWithoutTokenAndWhatIsNone() {
        assertThat(hooks.receive("Bearer guess", pushOf("library/app", IMAGE))).isEqualTo(Outcome.FORBIDDEN);
        assertThat(hooks.receive(null, pushOf("library/app", IMAGE))).isEqualTo(Outcome.FORBIDDEN);
        assertThatThrownBy(() -> hooks.receive(TOKEN, "no".getBytes(UTF_8))).hasMessageContaining("no JSON");
        service.close();
        assertThat(hooks.receive(TOKEN, pushOf("library/app", IMAGE))).isEqualTo(Outcome.ABSENT);
    }

    @Test
    void aRelayTakesOverWhereAHarborFails() throws Exception {
        members.add(new Member(
                new NodeId("leaf-relay"),
                "leaf.example",
                8490,
                leaf.uri().toString(),
                "",
                false,
                true,
                Instant.EPOCH,
                Instant.EPOCH,
                NodeCapacity.NONE,
                ""));
        console.apply(List.of("--harbor"));
        root.failTasks("something odd happened");

        assertThat(console.push(List.of("library/app:1"), line -> {})).contains("leaf: failed.", "something odd");

        assertThat(takenOver).containsExactly("library/app:1@" + IMAGE.digest());
        assertThat(console.status()).contains("The relay leaf-relay brings it.");
        assertThat(console.list()).contains("relay leaf-relay");
    }

    @Test
    void leavesAHarborThatCannotBeUsedOutOfTheTree() throws Exception {
        service.close();
        service = serve(
                HarborNode.of("root", root.uri(), root.user(), root.password()),
                HarborNode.of("leaf", leaf.uri(), leaf.user(), leaf.password()),
                HarborNode.of("gone", URI.create("http://127.0.0.1:1"), "u", "p"));
        console = new HarborConsole(() -> service);

        assertThat(console.apply(List.of("--harbor")))
                .startsWith("root\n  leaf\n")
                .doesNotContain("  gone\n")
                .contains("nobody listens", "2 changes made, 1 failed.");
        assertThat(console.status()).endsWith("Not in the applied tree: gone; run tree:apply --harbor.");
    }

    @Test
    void aHarborThatIsAwayWhileTheTreeIsAppliedKeepsItsEdge() throws Exception {
        console.apply(List.of("--harbor"));
        List<String> policies = root.policies();
        leaf.close();

        assertThat(console.apply(List.of("--harbor")))
                .startsWith("root\n  leaf\n")
                .contains("'leaf' cannot be used now: ", "Its edge stays as it was.", "0 changes made");

        assertThat(root.policies()).isEqualTo(policies).hasSize(1);
        assertThat(console.push(List.of("library/app:1"), line -> {})).contains("leaf: failed.");
        assertThat(console.status()).doesNotContain("Not in the applied tree");
    }

    @Test
    void refusesWordsThatItDoesNotKnow() {
        assertThatThrownBy(() -> console.apply(List.of())).hasMessageContaining("tree:apply --harbor");
        assertThatThrownBy(() -> console.apply(List.of("--harbour"))).hasMessageContaining("There is no option");
        assertThatThrownBy(() -> console.push(List.of("library/app"), line -> {}))
                .hasMessageContaining("has no tag");
    }
}
