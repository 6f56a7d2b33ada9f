package io.espalier.harbor.run;

import static io.espalier.harbor.given.Given.CLUSTER;
import static io.espalier.harbor.given.Given.PATIENCE;
import static io.espalier.harbor.given.Given.RUN;
import static io.espalier.harbor.given.Given.edge;
import static io.espalier.harbor.given.Given.image;
import static io.espalier.harbor.given.Given.node;
import static io.espalier.harbor.given.Given.pusher;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.harbor.node.HarborEdge;
import io.espalier.harbor.node.HarborNode;
import io.espalier.harbor.session.HarborSession;
import io.espalier.harbor.session.HarborSessions;
import io.espalier.harbor.tree.EdgeSettings;
import io.espalier.harbor.tree.HarborTree;
import io.espalier.testkit.harbor.HarborDouble;
import io.espalier.testkit.harbor.HarborUnderTest;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import io.espalier.testkit.registry.Skopeo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The life of a tree, from its making to its removal, with skopeo at both ends; against real Harbors where {@code HARBOR_URL} and
 * {@code HARBOR2_URL} are set.
 */
@RequiresProgram("docker-registry")
@RequiresProgram("skopeo")
@Timeout(600)
class LifecycleTest {
    private static final String PROJECT = "espalier-test-life";
    private static final String REPOSITORY = PROJECT + "/team/app";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {5, 8, 10, 15})
    void aTreeIsMadeCarriesAnImageAndIsRemoved(int minor) throws Exception {
        try (HarborUnderTest first = HarborUnderTest.number(
                        1, HarborDouble.in(folder.resolve("1")).version(minor));
                HarborUnderTest second = HarborUnderTest.number(
                        2, HarborDouble.in(folder.resolve("2")).version(minor));
                HarborSessions sessions = HarborSessions.create(PATIENCE)) {
            HarborNode a = node("a", first);
            HarborNode b = node("b", second);
            try {
                live(first, second, a, b, sessions);
            } finally {
                clean(sessions.of(a));
                clean(sessions.of(b));
                new HarborTree(CLUSTER, sessions).remove(List.of(a, b), false);
            }
        }
    }

    private void live(
            HarborUnderTest first, HarborUnderTest second, HarborNode a, HarborNode b, HarborSessions sessions)
            throws Exception {
        sessions.of(a).content().createProject(PROJECT, false);
        SampleImage image = SampleImages.index(
                SampleImages.ociFor("linux/amd64", 1, 20_000), SampleImages.ociFor("linux/arm64", 2, 30_000));
        Path layout = io.espalier.testkit.registry.ImageFiles.ociLayout(image, "1.0", folder.resolve("layout"));
        Skopeo skopeo = Skopeo.plain();
        skopeo.toAs(first.user(), first.password())
                .copy("oci:" + layout + ":1.0", "docker://" + first.host() + "/" + REPOSITORY + ":1.0");
        HarborTree tree = new HarborTree(CLUSTER, sessions);
        HarborEdge edge = edge(a, b);
        assertThat(tree.apply(List.of(a, b), List.of(edge), EdgeSettings.DEFAULT, false)
                        .failures())
                .isEmpty();
        assertThat(tree.apply(List.of(a, b), List.of(edge), EdgeSettings.DEFAULT, false)
                        .changes())
                .as("changes the second time")
                .isEmpty();
        HarborRun run = new HarborRun(CLUSTER, sessions, RUN);

        HopResult carried = run.carry(edge, image(REPOSITORY, image, "1.0"), step -> {});
        HopResult again = run.carry(edge, image(REPOSITORY, image, "1.0"), step -> {});

        assertThat(carried).isInstanceOfSatisfying(HopResult.Carried.class, hop -> assertThat(hop.copied())
                .isTrue());
        assertThat(again).isInstanceOfSatisfying(HopResult.Carried.class, hop -> assertThat(hop.copied())
                .isFalse());
        skopeo.fromAs(second.user(), second.password())
                .copy(
                        "docker://" + second.host() + "/" + REPOSITORY + ":1.0",
                        "oci:" + folder.resolve("back") + ":1.0");
        assertThat(skopeo.digest("oci:" + folder.resolve("back") + ":1.0")).isEqualTo(image.digest());
        assertThat(tree.remove(List.of(a, b), false).failures()).isEmpty();
        assertThat(tree.remove(List.of(a, b), false).changes()).isEmpty();
    }

    private static void clean(HarborSession session) throws Exception {
        if (session.content().artifact(REPOSITORY, "1.0").isPresent()) {
            session.content().deleteRepository(REPOSITORY);
        }
        if (session.content().project(PROJECT).isPresent()) {
            session.content().deleteProject(PROJECT);
        }
    }

    @Test
    void anImageGoesDownATreeHopByHop() throws Exception {
        try (HarborDouble root = HarborDouble.in(folder.resolve("r")).start();
                HarborDouble left =
                        HarborDouble.in(folder.resolve("l")).version(8).start();
                HarborDouble right =
                        HarborDouble.in(folder.resolve("t")).version(12).start();
                HarborDouble deep = HarborDouble.in(folder.resolve("d")).start();
                HarborSessions sessions = HarborSessions.create(PATIENCE)) {
            HarborNode r = node("root", root);
            HarborNode l = node("left", left);
            HarborNode t = node("right", right);
            HarborNode d = node("deep", deep);
            List<HarborEdge> edges = List.of(edge(l, d), edge(r, l), edge(r, t));
            assertThat(new HarborTree(CLUSTER, sessions)
                            .apply(List.of(r, l, t, d), edges, EdgeSettings.DEFAULT, false)
                            .failures())
                    .isEmpty();
            SampleImage image = SampleImages.oci(7, 100_000, 50_000);
            pusher(root).push(image, "library/app", "1");
            List<RunProgress> steps = new CopyOnWriteArrayList<>();
            try (HarborCascade cascade = new HarborCascade(new HarborRun(CLUSTER, sessions, RUN), 4)) {
                List<HopResult> results = cascade.carry(edges, "root", image("library/app", image, "1"), steps::add);

                assertThat(results).hasSize(3).allMatch(hop -> hop instanceof HopResult.Carried);
            }
            for (HarborDouble one : List.of(left, right, deep)) {
                assertThat(one.digest("library/app", "1")).contains(image.digest());
            }
            assertThat(root.calls()).as("the root never talks for deep").noneMatch(call -> call.contains("deep"));
            List<String> order = new ArrayList<>();
            steps.forEach(step -> order.add(step.edge().child().name() + " " + step.stage()));
            assertThat(order.indexOf("deep CHECK")).isGreaterThan(order.indexOf("left DONE"));
            assertThat(order).contains("deep COMPARE", "right DONE");
        }
    }

    @Test
    void whatIsBelowAFailureIsNotReached() throws Exception {
        try (HarborDouble root = HarborDouble.in(folder.resolve("r")).start();
                HarborDouble left = HarborDouble.in(folder.resolve("l")).start();
                HarborDouble deep = HarborDouble.in(folder.resolve("d")).start();
                HarborSessions sessions = HarborSessions.create(PATIENCE)) {
            HarborNode r = node("root", root);
            HarborNode l = node("left", left);
            HarborNode d = node("deep", deep);
            List<HarborEdge> edges = List.of(edge(r, l), edge(l, d));
            new HarborTree(CLUSTER, sessions).apply(List.of(r, l, d), edges, EdgeSettings.DEFAULT, false);
            SampleImage image = SampleImages.oci(7, 100_000);
            pusher(root).push(image, "library/app", "1");
            root.failTasks("something odd happened");
            try (HarborCascade cascade = new HarborCascade(new HarborRun(CLUSTER, sessions, RUN), 4)) {
                List<HopResult> results = cascade.carry(edges, "root", image("library/app", image, "1"), step -> {});

                assertThat(results.get(0))
                        .isInstanceOfSatisfying(HopResult.Failed.class, failed -> assertThat(failed.sentence())
                                .contains("something odd happened"));
                assertThat(results.get(1)).isEqualTo(new HopResult.NotReached(edge(l, d)));
            }
            assertThat(root.executions("espalier-espalier_test-root-left"))
                    .as("tries of a failure that may pass")
                    .isEqualTo(2);
        }
    }
}
