package io.espalier.harbor.run;

import static io.espalier.harbor.given.Given.CLUSTER;
import static io.espalier.harbor.given.Given.PATIENCE;
import static io.espalier.harbor.given.Given.RUN;
import static io.espalier.harbor.given.Given.edge;
import static io.espalier.harbor.given.Given.failure;
import static io.espalier.harbor.given.Given.image;
import static io.espalier.harbor.given.Given.node;
import static io.espalier.harbor.given.Given.pusher;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.node.HarborLogin;
import io.espalier.harbor.node.HarborNode;
import io.espalier.harbor.session.HarborSession;
import io.espalier.harbor.session.HarborSessions;
import io.espalier.harbor.tree.EdgeSettings;
import io.espalier.harbor.tree.HarborTree;
import io.espalier.harbor.tree.TreeReport;
import io.espalier.testkit.harbor.HarborDouble;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.FrontProxy;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import io.espalier.testkit.registry.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Harbors behind TLS: the authority of a file, another one, and the switch that checks nothing. */
@RequiresProgram("docker-registry")
@Timeout(120)
class SecureHarborTest {
    private static final SampleImage IMAGE = SampleImages.oci(6, 40_000);

    @TempDir
    private Path folder;

    private final TestAuthority authority = TestAuthority.named("Harbor's authority");
    private HarborDouble harbor;
    private FrontProxy front;

    @BeforeEach
    void start() {
        harbor = HarborDouble.in(folder.resolve("registry")).start();
        front = FrontProxy.secureTo(harbor.uri(), authority);
    }

    @AfterEach
    void stop() {
        front.close();
        harbor.close();
    }

    private HarborNode secure(boolean insecure, Optional<Path> caFile) {
        return new HarborNode(
                "leaf", front.uri(), new HarborLogin(harbor.user(), harbor.password()), "", insecure, caFile);
    }

    private Path caFile() {
        return authority.writeTo(folder.resolve("ca.pem"));
    }

    private static String refusal(HarborNode node) throws Exception {
        try (HarborSession session = HarborSession.open(node, PATIENCE)) {
            return failure(HarborTrouble.CERTIFICATE, session::facts);
        }
    }

    private static void ready(HarborNode node) throws Exception {
        try (HarborSession session = HarborSession.open(node, PATIENCE)) {
            assertThat(session.ready().version()).hasToString("2.14");
        }
    }

    @Test
    void believesTheAuthorityOfItsFileAndNoOther() throws Exception {
        ready(secure(false, Optional.of(caFile())));

        Path other = TestAuthority.named("somebody else").writeTo(folder.resolve("other.pem"));
        assertThat(refusal(secure(false, Optional.of(other)))).contains("not trusted", "ca-file of 'leaf'");
        assertThat(refusal(secure(false, Optional.empty()))).contains("not trusted", "ca-file of 'leaf'");
        assertThat(harbor.cookies()).isEmpty();
    }

    @Test
    void insecureSwitchBelievesAnybody() throws Exception {
        ready(secure(true, Optional.empty()));
        Path other = TestAuthority.named("somebody else").writeTo(folder.resolve("other.pem"));
        ready(secure(true, Optional.of(other)));
    }

    @Test
    void namesACaFileThatIsMissingOrHasNoCertificate() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        Path text = Files.writeString(folder.resolve("text.pem"), "-----BEGIN CERTIFICATE-----\nno\n");
        for (Path file : List.of(folder.resolve("none.pem"), empty, text)) {
            HarborNode node = secure(false, Optional.of(file));
            assertThat(failure(HarborTrouble.CERTIFICATE, () -> HarborSession.open(node, PATIENCE)
                            .close()))
                    .as(file.toString())
                    .contains("'leaf'", "PEM");
        }
    }

    @Test
    void newerHarborGetsTheAuthorityWithTheRegistryAndReplicatesOverTls() throws Exception {
        carriedFrom(15, secure(false, Optional.of(caFile())));
        assertThat(front.requests(request -> request.target().contains("/blobs/uploads/")))
                .isNotEmpty();
    }

    @Test
    void olderHarborReplicatesOverTlsWithTheSwitchAlone() throws Exception {
        try (HarborDouble root = HarborDouble.in(folder.resolve("root")).start();
                HarborSessions sessions = HarborSessions.create(PATIENCE)) {
            HarborNode leaf = secure(false, Optional.of(caFile()));
            TreeReport report = apply(sessions, node("root", root), leaf);
            assertThat(report.failures())
                    .singleElement()
                    .asString()
                    .contains("takes no authority with a registry", "add the ca-file");
        }
        carriedFrom(14, secure(true, Optional.empty()));
    }

    private static TreeReport apply(HarborSessions sessions, HarborNode root, HarborNode leaf) throws Exception {
        return new HarborTree(CLUSTER, sessions)
                .apply(List.of(root), List.of(edge(root, leaf)), EdgeSettings.DEFAULT, false);
    }

    private void carriedFrom(int version, HarborNode leaf) throws Exception {
        try (HarborDouble above = HarborDouble.in(folder.resolve("above"))
                        .version(version)
                        .start();
                HarborSessions sessions = HarborSessions.create(PATIENCE)) {
            HarborNode root = node("root", above);
            assertThat(apply(sessions, root, leaf).failures()).isEmpty();
            pusher(above).push(IMAGE, "library/app", "1");

            HopResult result = new HarborRun(CLUSTER, sessions, RUN)
                    .carry(edge(root, leaf), image("library/app", IMAGE, "1"), step -> {});

            assertThat(result).as(result.toString()).isInstanceOf(HopResult.Carried.class);
            assertThat(harbor.digest("library/app", "1")).contains(IMAGE.digest());
        }
    }
}
