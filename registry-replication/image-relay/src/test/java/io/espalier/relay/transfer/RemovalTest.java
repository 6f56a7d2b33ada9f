package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.APP;
import static io.espalier.relay.transfer.TestCluster.route;
import static io.espalier.relay.transfer.TestCluster.transfer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.relay.feed.FeedOpener;
import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.MasterMessage.Check;
import io.espalier.relay.protocol.MasterMessage.Remove;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Checked;
import io.espalier.relay.protocol.NodeMessage.Removed;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.ProxyRules;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a node removes from a real docker-registry 2.8.2, and what it keeps. */
@RequiresProgram("docker-registry")
@Timeout(120)
class RemovalTest {
    private static final long REMOVAL = 100;

    @TempDir
    private Path folder;

    private int requests;

    private static Transfer tagged(String id, SampleImage image, String tag, long generation) {
        return transfer(id, APP, image, new TagPart(tag, image.digest(), generation));
    }

    private static void replicate(TestCluster cluster, Transfer transfer, SampleImage image) {
        cluster.push("a", transfer, image);
        cluster.hashes(image);
        cluster.assign("b", transfer, route("a"));
        cluster.node("b").awaitDone(transfer.id());
    }

    private Removed remove(TestNode node, SampleImage image, String tag, long generation, List<String> manifests) {
        return remove(node, image, tag, generation, manifests, false);
    }

    private Removed remove(
            TestNode node, SampleImage image, String tag, long generation, List<String> manifests, boolean dryRun) {
        String request = "r" + requests++;
        node.engine()
                .accept(new Remove(
                        request, APP, List.of(new TagPart(tag, image.digest(), generation)), manifests, dryRun));
        await("the answer to " + request).atMost(TestNode.LIMIT).until(() -> answers(node.said()).stream()
                .anyMatch(one -> one.request().equals(request)));
        return answers(node.said()).stream()
                .filter(one -> one.request().equals(request))
                .findFirst()
                .orElseThrow();
    }

    private static List<Removed> answers(List<NodeMessage> said) {
        return said.stream()
                .filter(Removed.class::isInstance)
                .map(Removed.class::cast)
                .toList();
    }

    @Test
    void untagsOneTagAndKeepsTheOtherTagOfTheSameDigest() throws Exception {
        SampleImage image = SampleImages.oci(41, 50_000);
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            replicate(cluster, tagged("t1", image, "1.0", 1), image);
            replicate(cluster, tagged("t2", image, "latest", 1), image);
            TestNode node = cluster.node("b");

            Removed dry = remove(node, image, "1.0", REMOVAL, List.of(image.digest()), true);
            assertThat(dry.outcome()).isEqualTo("PLANNED");
            assertThat(dry.tags()).containsExactly("1.0");
            cluster.assertHas("b", APP, image, "1.0");

            Removed done = remove(node, image, "1.0", REMOVAL, List.of(image.digest()));
            assertThat(done.outcome()).isEqualTo("DONE");
            assertThat(done.tags()).as("the same as in the dry run").isEqualTo(dry.tags());
            assertThat(done.manifests()).isEmpty();
            assertThat(done.sentence()).contains("stays: tag latest points at it too");
            assertThat(node.reader().digestOf(APP, "1.0")).isEmpty();
            cluster.assertHas("b", APP, image, "latest");

            assertThat(remove(node, image, "1.0", REMOVAL, List.of()).outcome()).isEqualTo("GONE");
        }
    }

    @Test
    void aLongRemovalKeepsNoCheckAndNoDryRunWaiting() throws Exception {
        SampleImage image = SampleImages.oci(47, 50_000);
        SampleImage other = SampleImages.oci(48, 50_000);
        try (TestCluster cluster = new TestCluster(folder, "a")) {
            TestNode node = cluster.addBehindProxy("b");
            replicate(cluster, tagged("t1", image, "1.0", 1), image);
            replicate(cluster, tagged("t2", other, "2.0", 1), other);
            node.proxy().rule(ProxyRules.delay(request -> request.method().equals("DELETE"), Duration.ofSeconds(15)));
            node.engine()
                    .accept(new Remove(
                            "long",
                            APP,
                            List.of(new TagPart("1.0", image.digest(), REMOVAL)),
                            List.of(image.digest()),
                            false));
            await("the removal at work").atMost(TestNode.LIMIT).until(() -> !node.proxy()
                    .requests(request -> request.method().equals("DELETE"))
                    .isEmpty());

            node.engine().accept(new Check("check", APP, "2.0", false, 0L));
            assertThat(remove(node, other, "2.0", REMOVAL, List.of(), true).outcome())
                    .isEqualTo("PLANNED");
            await("the check").atMost(TestNode.LIMIT).until(() -> node.said().stream()
                    .anyMatch(Checked.class::isInstance));

            assertThat(answers(node.said())).extracting(Removed::request).doesNotContain("long");
        }
    }

    @Test
    void deletesTheManifestOnlyWhenNothingElseNeedsIt() throws Exception {
        SampleImage arm = SampleImages.ociFor("linux/arm64", 42, 20_000);
        SampleImage amd = SampleImages.oci(43, 20_000);
        SampleImage both = SampleImages.index(arm, amd);
        SampleImage other = SampleImages.index(amd);
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            replicate(cluster, tagged("t1", both, "both", 1), both);
            replicate(cluster, tagged("t2", other, "other", 1), other);
            TestNode node = cluster.node("b");

            Removed done = remove(node, both, "both", REMOVAL, List.of(arm.digest(), amd.digest(), both.digest()));

            assertThat(done.outcome()).isEqualTo("DONE");
            assertThat(done.manifests()).containsExactlyInAnyOrder(both.digest(), arm.digest());
            assertThat(done.sentence()).contains(amd.digest() + " stays");
            assertThat(node.reader().digestOf(APP, both.digest())).isEmpty();
            assertThat(node.reader().digestOf(APP, arm.digest())).isEmpty();
            cluster.assertHas("b", APP, other, "other");
        }
    }

    @Test
    void keepsWhatIsNewerOrPointsElsewhereOrIsItsOwn() throws Exception {
        SampleImage image = SampleImages.oci(44, 20_000);
        SampleImage local = SampleImages.oci(45, 20_000);
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            replicate(cluster, tagged("t1", image, "new", REMOVAL + 1), image);
            replicate(cluster, tagged("t2", image, "moved", 1), image);
            TestNode node = cluster.node("b");
            node.reader().push(local, APP, "moved");
            node.reader().push(image, APP, "own");

            assertThat(remove(node, image, "new", REMOVAL, List.of(image.digest())))
                    .matches(one ->
                            one.outcome().equals("KEPT") && one.sentence().contains("newer than the removal"));
            assertThat(remove(node, image, "moved", REMOVAL, List.of(image.digest())))
                    .matches(one -> one.outcome().equals("KEPT")
                            && one.sentence().contains(local.digest() + " here and not at"));
            assertThat(remove(node, image, "own", REMOVAL, List.of(image.digest())))
                    .matches(one ->
                            one.outcome().equals("KEPT") && one.sentence().contains("no note"));
            cluster.assertHas("b", APP, image, "new");
            cluster.assertHas("b", APP, image, "own");
            cluster.assertHas("b", APP, local, "moved");
        }
    }

    @Test
    void anImageThatIsPushedAgainComesBackAndAnOlderTransferDoesNot() throws Exception {
        SampleImage image = SampleImages.oci(46, 20_000);
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            replicate(cluster, tagged("t1", image, "1.0", 1), image);
            TestNode node = cluster.node("b");
            assertThat(remove(node, image, "1.0", REMOVAL, List.of(image.digest()))
                            .outcome())
                    .isEqualTo("DONE");
            assertThat(node.reader().digestOf(APP, image.digest())).isEmpty();

            Transfer older = tagged("t1", image, "1.0", 1);
            cluster.assign("b", older, route("a"));
            node.await("t1", "outdated", report -> report.state().isFinal());
            assertThat(node.reader().digestOf(APP, "1.0")).isEmpty();

            replicate(cluster, tagged("t3", image, "1.0", REMOVAL + 1), image);
            cluster.assertHas("b", APP, image, "1.0");
        }
    }

    @Test
    void aSignatureThatNeverCameMayComeAfterTheRemovalInAnOlderGeneration() throws Exception {
        SampleImage image = SampleImages.oci(49, 20_000);
        SampleImage signature = SampleImages.cosignSignature(image);
        String signed = SampleImages.signatureTag(image);
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            replicate(cluster, tagged("t1", image, "1.0", 1), image);
            TestNode node = cluster.node("b");
            node.engine()
                    .accept(new Remove(
                            "both",
                            APP,
                            List.of(
                                    new TagPart(signed, signature.digest(), REMOVAL),
                                    new TagPart("1.0", image.digest(), REMOVAL)),
                            List.of(signature.digest(), image.digest()),
                            false));
            await("the answer").atMost(TestNode.LIMIT).until(() -> !answers(node.said())
                    .isEmpty());
            assertThat(answers(node.said()).get(0))
                    .matches(one -> one.outcome().equals("DONE") && one.tags().equals(List.of("1.0")));

            replicate(cluster, tagged("t2", signature, signed, REMOVAL - 1), signature);

            cluster.assertHas("b", APP, signature, signed);
        }
    }

    @Test
    void aRemovalThatWasCutOffBetweenItsTwoStepsIsFinished() throws Exception {
        SampleImage image = SampleImages.oci(47, 20_000);
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            replicate(cluster, tagged("t1", image, "1.0", 1), image);
            replicate(cluster, tagged("t2", image, "2.0", 1), image);
            TestNode node = cluster.node("b");
            // As the client leaves it when it is killed after the PUT.
            String leftOver = "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                    + "\"config\":{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"digest\":"
                    + "\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"size\":2},"
                    + "\"layers\":[],\"annotations\":{\"io.espalier.deleted\":\"x\"}}";
            SampleImage trick = new SampleImage(
                    SampleImages.OCI_MANIFEST,
                    leftOver,
                    List.of(SampleBlob.of("application/vnd.oci.empty.v1+json", "{}".getBytes(UTF_8))),
                    List.of(),
                    List.of(),
                    List.of(),
                    "",
                    "");
            node.reader().push(trick, APP, "1.0");

            assertThat(remove(node, image, "1.0", REMOVAL, List.of()).outcome()).isEqualTo("DONE");

            assertThat(node.reader().digestOf(APP, "1.0")).isEmpty();
            cluster.assertHas("b", APP, image, "2.0");
        }
    }

    @Test
    void aDoubtThatPassesLeavesTheRemovalToBeDone() throws Exception {
        SampleImage image = SampleImages.oci(49, 20_000);
        SampleImage local = SampleImages.oci(50, 20_000);
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            replicate(cluster, tagged("t1", image, "1.0", 1), image);
            TestNode node = cluster.node("b");
            node.reader().push(local, APP, "own");
            Path link;
            try (var files = Files.walk(node.registry().storage())) {
                link = files.filter(path -> path.endsWith("tags/own/current/link"))
                        .findFirst()
                        .orElseThrow();
            }
            Path aside = Files.move(link, folder.resolve("link"));

            Removed doubt = remove(node, image, "1.0", REMOVAL, List.of(image.digest()));
            assertThat(doubt.outcome()).isEqualTo("DOUBT");
            assertThat(doubt.sentence()).contains("Tag own is listed but cannot be read");
            cluster.assertHas("b", APP, image, "1.0");

            Files.move(aside, link);
            assertThat(remove(node, image, "1.0", REMOVAL, List.of(image.digest()))
                            .outcome())
                    .isEqualTo("DONE");
            assertThat(node.reader().digestOf(APP, image.digest())).isEmpty();
            cluster.assertHas("b", APP, local, "own");
        }
    }

    @Test
    void aRegistryThatRefusesDeletesKeepsTheImageAndSaysSo() throws Exception {
        SampleImage image = SampleImages.oci(48, 20_000);
        List<NodeMessage> said = new CopyOnWriteArrayList<>();
        FeedOpener nobody = (address, listener) -> {
            throw new IllegalStateException("There is no other node.");
        };
        try (RegistryServer server = RegistryServer.in(folder.resolve("strict"))
                        .withoutDelete()
                        .start();
                RegistryClient client = RegistryClient.of(RegistryEndpoint.allowingPlainHttp(server.uri()));
                TransferEngine engine = TransferEngine.open(
                        EngineSettings.in(folder.resolve("node"), 64L << 20), client, nobody, said::add)) {
            ImagePusher.to(server.uri()).push(image, APP, "1.0");
            Transfer transfer = tagged("t1", image, "1.0", 1);
            engine.accept(new Assign(transfer, route("nobody")));
            await("the image, which is there already").atMost(TestNode.LIMIT).until(() -> engine.reports().stream()
                    .anyMatch(report -> report.state().isFinal()));

            engine.accept(new Remove(
                    "r", APP, List.of(new TagPart("1.0", image.digest(), REMOVAL)), List.of(image.digest()), false));
            await("the answer").atMost(TestNode.LIMIT).until(() -> !answers(said)
                    .isEmpty());

            Removed answer = answers(said).get(0);
            assertThat(answer.outcome()).isEqualTo("UNSUPPORTED");
            assertThat(answer.sentence()).contains("REGISTRY_STORAGE_DELETE_ENABLED");
            assertThat(ImagePusher.to(server.uri()).digestOf(APP, "1.0")).isEqualTo(image.digest());
        }
    }
}
