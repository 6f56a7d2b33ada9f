package io.espalier.harbor.run;

import static io.espalier.harbor.given.Given.CLUSTER;
import static io.espalier.harbor.given.Given.PATIENCE;
import static io.espalier.harbor.given.Given.RUN;
import static io.espalier.harbor.given.Given.edge;
import static io.espalier.harbor.given.Given.image;
import static io.espalier.harbor.given.Given.node;
import static io.espalier.harbor.given.Given.pusher;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.node.HarborEdge;
import io.espalier.harbor.node.HarborNode;
import io.espalier.harbor.session.HarborSessions;
import io.espalier.harbor.tree.EdgeSettings;
import io.espalier.harbor.tree.HarborTree;
import io.espalier.testkit.harbor.HarborDouble;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The traps of Harbor's replication, one by one. */
@RequiresProgram("docker-registry")
@Timeout(120)
class HarborRunTest {
    private static final String POLICY = "espalier-espalier_test-a-b";
    private static final SampleImage IMAGE = SampleImages.oci(3, 60_000, 20_000);
    private static final SampleImage OTHER = SampleImages.oci(4, 50_000);

    @TempDir
    private Path folder;

    private HarborDouble above;
    private HarborDouble below;
    private HarborNode a;
    private HarborNode b;
    private HarborSessions sessions;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeEach
    void start() throws Exception {
        above = HarborDouble.in(folder.resolve("a")).workers(2).start();
        below = HarborDouble.in(folder.resolve("b")).start();
        a = node("a", above);
        b = node("b", below);
        sessions = HarborSessions.create(PATIENCE);
        apply(edge(a, b));
        pusher(above).push(IMAGE, "library/app", "1");
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        sessions.close();
        above.close();
        below.close();
    }

    private void apply(HarborEdge edge) throws Exception {
        new HarborTree(CLUSTER, sessions).apply(List.of(edge.parent()), List.of(edge), EdgeSettings.DEFAULT, false);
    }

    private HopResult carry(CarriedImage image) throws Exception {
        return carry(edge(a, b), image, RUN);
    }

    private HopResult carry(HarborEdge edge, CarriedImage image, RunSettings settings) throws Exception {
        return new HarborRun(CLUSTER, sessions, settings).carry(edge, image, step -> {});
    }

    private static String sentence(HopResult result, HarborTrouble trouble) {
        assertThat(result).isInstanceOf(HopResult.Failed.class);
        HopResult.Failed failed = (HopResult.Failed) result;
        assertThat(failed.trouble()).as(failed.sentence()).isEqualTo(trouble);
        return failed.sentence();
    }

    @Test
    void changesFiltersOnlyAfterTheTasksOfTheLastExecutionExist() throws Exception {
        pusher(above).push(OTHER, "library/other", "2");
        HarborRun run = new HarborRun(CLUSTER, sessions, RUN);
        HarborDouble.Held held = above.holdPreparation();
        Future<HopResult> first =
                threads.submit(() -> run.carry(edge(a, b), image("library/app", IMAGE, "1"), step -> {}));
        await("the first execution to start").until(() -> above.executions(POLICY) == 1);
        List<RunProgress> second = new CopyOnWriteArrayList<>();
        Future<HopResult> other =
                threads.submit(() -> run.carry(edge(a, b), image("library/other", OTHER, "2"), second::add));
        await("the second run to come to the filters")
                .until(() -> below.calls().stream().anyMatch(call -> call.contains("repositories/other/")));

        assertThat(above.policy(POLICY).path("filters").toString()).contains("library/app");
        held.release();

        assertThat(first.get(30, TimeUnit.SECONDS)).isInstanceOf(HopResult.Carried.class);
        assertThat(other.get(30, TimeUnit.SECONDS)).isInstanceOf(HopResult.Carried.class);
        assertThat(above.policy(POLICY).path("filters").toString()).contains("library/other");
        assertThat(above.executions(POLICY)).isEqualTo(2);
    }

    @Test
    void letsTheNextImageStartWhileTasksStillRun() throws Exception {
        pusher(above).push(OTHER, "library/other", "2");
        HarborRun run = new HarborRun(CLUSTER, sessions, RUN);
        HarborDouble.Held held = above.holdTasks();
        Future<HopResult> first =
                threads.submit(() -> run.carry(edge(a, b), image("library/app", IMAGE, "1"), step -> {}));
        Future<HopResult> other =
                threads.submit(() -> run.carry(edge(a, b), image("library/other", OTHER, "2"), step -> {}));
        await("both executions to start").atMost(Duration.ofSeconds(20)).until(() -> above.executions(POLICY) == 2);
        held.release();

        assertThat(first.get(30, TimeUnit.SECONDS)).isInstanceOf(HopResult.Carried.class);
        assertThat(other.get(30, TimeUnit.SECONDS)).isInstanceOf(HopResult.Carried.class);
    }

    @Test
    void carriesSeveralTagsAndSetsThoseThatHarborLost() throws Exception {
        pusher(above).pushManifest(IMAGE, "library/app", "1.1");
        pusher(above).pushManifest(IMAGE, "library/app", "latest");
        above.loseTags();

        HopResult result = carry(image("library/app", IMAGE, "1", "1.1", "latest"));

        assertThat(result).isInstanceOfSatisfying(HopResult.Carried.class, hop -> assertThat(hop.mended())
                .containsExactly("1.1", "latest"));
        for (String tag : List.of("1", "1.1", "latest")) {
            assertThat(below.digest("library/app", tag)).contains(IMAGE.digest());
            assertThat(pusher(below).digestOf("library/app", tag)).isEqualTo(IMAGE.digest());
        }
    }

    @Test
    void copiesNothingButTheImageItWasAskedFor() throws Exception {
        pusher(above).push(OTHER, "library/app", "10");
        pusher(above).push(OTHER, "library/app2", "1");

        carry(image("library/app", IMAGE, "1"));

        assertThat(below.digest("library/app", "10")).isEmpty();
        assertThat(below.digest("library/app2", "1")).isEmpty();
    }

    @Test
    void refusesBeforehandWhatIsLargerThanTheQuota() throws Exception {
        below.quota("library", 10_000);

        assertThat(sentence(carry(image("library/app", IMAGE, "1")), HarborTrouble.QUOTA))
                .contains("quota of the project library", "10000");
        assertThat(above.executions(POLICY)).isZero();
    }

    @Test
    void tellsAQuotaThatOnlyTheTaskMet() throws Exception {
        pusher(below).push(OTHER, "library/app", "1");
        below.quota("library", 60_000);

        assertThat(sentence(carry(image("library/app", IMAGE, "1")), HarborTrouble.QUOTA))
                .contains("exceed the configured upper limit", "raise the quota");
        assertThat(above.executions(POLICY))
                .as("no second try, which would fail too")
                .isEqualTo(1);
    }

    @Test
    void refusesAnImageThatTheDiskDoesNotHold() throws Exception {
        below.freeDisk(1_000);

        assertThat(sentence(carry(image("library/app", IMAGE, "1")), HarborTrouble.DISK))
                .contains("make room");
    }

    @Test
    void refusesAnImmutableTagBeforehand() throws Exception {
        pusher(below).push(OTHER, "library/app", "1");
        below.immutable("library", "1");

        assertThat(sentence(carry(image("library/app", IMAGE, "1")), HarborTrouble.IMMUTABLE))
                .contains("immutable");
        assertThat(above.executions(POLICY)).isZero();
        assertThat(below.digest("library/app", "1")).contains(OTHER.digest());
    }

    @Test
    void refusesAProjectThatCachesAnotherRegistry() throws Exception {
        above.addProject("cached", false);
        below.addProxyProject("cached");
        pusher(above).push(IMAGE, "cached/app", "1");

        assertThat(sentence(carry(image("cached/app", IMAGE, "1")), HarborTrouble.PROXY_PROJECT))
                .contains("without saying");
    }

    @Test
    void makesAMissingProjectAsPublicAsItsSource() throws Exception {
        above.addProject("open", true);
        pusher(above).push(IMAGE, "open/team/app", "1");

        assertThat(carry(image("open/team/app", IMAGE, "1"))).isInstanceOf(HopResult.Carried.class);

        assertThat(below.projects()).contains("open");
        assertThat(io.espalier.testkit.registry.ImagePusher.to(below.uri()).digestOf("open/team/app", "1"))
                .as("what a stranger reads")
                .isEqualTo(IMAGE.digest());
    }

    @Test
    void saysThatTheProjectIsMissingAndMayNotBeMade() throws Exception {
        try (HarborDouble strict =
                HarborDouble.in(folder.resolve("s")).adminsCreateProjects().start()) {
            strict.addRobot(
                    "robot$r",
                    "Secret123",
                    Set.of("registry:list", "replication-policy:list", "replication:list", "project:create"));
            HarborNode s = HarborNode.of("s", strict.uri(), "robot$r", "Secret123");
            above.addProject("team", false);
            pusher(above).push(IMAGE, "team/app", "1");
            apply(edge(a, s));

            assertThat(sentence(carry(edge(a, s), image("team/app", IMAGE, "1"), RUN), HarborTrouble.NO_PROJECT))
                    .contains("only administrators create projects");
        }
    }

    @Test
    void saysThatARepositoryWithoutProjectDoesNotGoIntoAHarbor() throws Exception {
        assertThat(sentence(carry(image("app", IMAGE, "1")), HarborTrouble.NAME))
                .contains("PROJECT/app");
        assertThat(sentence(carry(image("library/app", IMAGE)), HarborTrouble.NAME))
                .contains("has no tag");
    }

    @Test
    void saysThatTheTagMovedAtTheParent() throws Exception {
        pusher(above).push(OTHER, "library/app", "1");

        assertThat(sentence(carry(image("library/app", IMAGE, "1")), HarborTrouble.MISMATCH))
                .contains("another digest");
    }

    @Test
    void noticesAnExecutionThatEndedWellWithoutOverwriting() throws Exception {
        pusher(below).push(OTHER, "library/app", "1");
        above.changePolicy(POLICY, row -> row.put("override", false));

        assertThat(sentence(carry(image("library/app", IMAGE, "1")), HarborTrouble.MISMATCH))
                .contains("ended well", "tree:apply");
    }

    @Test
    void saysThatThePolicyIsDisabled() throws Exception {
        above.changePolicy(POLICY, row -> row.put("enabled", false));

        assertThat(sentence(carry(image("library/app", IMAGE, "1")), HarborTrouble.DISABLED))
                .contains("tree:apply");
    }

    @Test
    void saysThatTheTreeWasNotApplied() throws Exception {
        new HarborTree(CLUSTER, sessions).remove(List.of(a), false);

        assertThat(sentence(carry(image("library/app", IMAGE, "1")), HarborTrouble.NOT_FOUND))
                .contains("tree:apply");
    }

    @Test
    void tellsTheWordsOfATaskThatFailed() throws Exception {
        above.failTasks("http status code: 401, body: unauthorized");

        assertThat(sentence(carry(image("library/app", IMAGE, "1")), HarborTrouble.CREDENTIALS))
                .contains("status code: 401", "right secret");
    }

    @Test
    void stopsAnExecutionThatHasNoTaskForTooLong() throws Exception {
        HarborDouble.Held held = above.holdPreparation();
        RunSettings hasty = new RunSettings(
                Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(5), 2, Duration.ofMillis(10));

        assertThat(sentence(carry(edge(a, b), image("library/app", IMAGE, "1"), hasty), HarborTrouble.TIMEOUT))
                .contains("had no task", "jobservice");
        assertThat(above.calls()).contains("PUT /replication/executions/1");
        held.release();
    }

    @Test
    void stopsAnExecutionThatStandsStill() throws Exception {
        HarborDouble.Held held = above.holdTasks();
        RunSettings hasty = new RunSettings(
                Duration.ofMillis(20), Duration.ofSeconds(5), Duration.ofMillis(200), 2, Duration.ofMillis(10));

        assertThat(sentence(carry(edge(a, b), image("library/app", IMAGE, "1"), hasty), HarborTrouble.TIMEOUT))
                .contains("stood still", "between two blobs");
        held.release();
    }

    @Test
    void saysThatSomebodyStoppedIt() throws Exception {
        HarborDouble.Held held = above.holdTasks();
        Future<HopResult> running = threads.submit(() -> carry(image("library/app", IMAGE, "1")));
        await("a task").until(() -> above.executions(POLICY) == 1);
        sessions.of(a).executions().stop(1);
        held.release();

        assertThat(sentence(running.get(30, TimeUnit.SECONDS), HarborTrouble.STOPPED))
                .contains("somebody");
    }

    @Test
    void endsWhenItIsInterrupted() throws Exception {
        HarborDouble.Held held = above.holdTasks();
        CompletableFuture<Thread> who = new CompletableFuture<>();
        Future<HopResult> running = threads.submit(() -> {
            who.complete(Thread.currentThread());
            return carry(image("library/app", IMAGE, "1"));
        });
        await("a task").until(() -> above.executions(POLICY) == 1);
        Thread thread = who.get(5, TimeUnit.SECONDS);
        // The JDK's client (17) may swallow an interrupt while it reads a body.
        await("the run to end").until(() -> {
            thread.interrupt();
            return running.isDone();
        });

        assertThatThrownBy(() -> running.get(10, TimeUnit.SECONDS)).hasMessageContaining("interrupted");
        held.release();
    }

    @Test
    void endsWhenItIsClosed() throws Exception {
        HarborDouble.Held held = above.holdTasks();
        HarborCascade cascade = new HarborCascade(new HarborRun(CLUSTER, sessions, RUN), 2);
        Future<List<HopResult>> running = threads.submit(
                () -> cascade.carry(List.of(edge(a, b)), "a", image("library/app", IMAGE, "1"), step -> {}));
        await("a task").until(() -> above.executions(POLICY) == 1);
        cascade.close();

        assertThatThrownBy(() -> running.get(10, TimeUnit.SECONDS)).hasMessageContaining("interrupted");
        held.release();
    }

    @Test
    void refusesTextThatWouldBeAPattern() {
        assertThatThrownBy(() -> image("library/app", IMAGE, "*")).hasMessageContaining("no tag");
        assertThatThrownBy(() -> image("library/**", IMAGE, "1")).hasMessageContaining("no name");
        assertThatThrownBy(() -> new CarriedImage("library/app", "latest", List.of("1")))
                .hasMessageContaining("no digest");
    }
}
