package io.espalier.relay.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.identity.NodeIdentity;
import io.espalier.relay.node.RecordingAuthority;
import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.JoinRequest;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.RefusedException;
import io.espalier.testkit.clock.ManualClock;
import io.espalier.testkit.files.SmallDisk;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EnrolmentTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration OFTEN = Duration.ofMillis(20);
    private static final NodeId NODE = new NodeId("node-b");
    private static final Instant BEFORE_ITS_TIME = Instant.parse("1970-01-01T00:00:07Z");

    @TempDir
    private Path folder;

    private final RecordingAuthority authority = new RecordingAuthority();
    private final ManualClock clock = ManualClock.at(Instant.now());

    /** A master that refuses every join, for the node's token was used up when it joined, and gives new certificates. */
    private final class SpentToken implements CertificateSource {
        private final AtomicInteger joins = new AtomicInteger();
        private volatile boolean otherCluster;

        @Override
        public IssuedCertificate join(String signingRequest) throws RefusedException {
            joins.incrementAndGet();
            throw new RefusedException(RefusedException.Code.TOKEN_REFUSED, "The join token is spent.");
        }

        @Override
        public void joined() {
            throw new AssertionError("It never joins.");
        }

        @Override
        public IssuedCertificate renew(String signingRequest) {
            return authority.renew(NODE, signingRequest);
        }

        @Override
        public boolean mustJoin() {
            return otherCluster;
        }

        @Override
        public boolean joinsAtStart() {
            return false;
        }

        @Override
        public boolean mayJoinAgain() {
            return false;
        }

        @Override
        public String describe() {
            return "a master";
        }
    }

    private NodeIdentity open() throws Exception {
        return NodeIdentity.open(folder.resolve("identity"), NODE, clock);
    }

    private NodeIdentity joined() throws Exception {
        NodeIdentity identity = open();
        identity.accept(authority.join(
                new JoinRequest(authority.token().secret(), NODE, "localhost", 1, "", identity.signingRequest()),
                "127.0.0.1"));
        return identity;
    }

    @Test
    void aNodeThatStartsWithAWrongClockComesBackWhenTheClockIsRight() throws Exception {
        NodeIdentity identity = joined();
        Duration wrong = Duration.between(clock.instant(), BEFORE_ITS_TIME);
        clock.pass(wrong);
        SpentToken source = new SpentToken();
        try (Enrolment enrolment = Enrolment.start(identity, source, OFTEN)) {
            await("the refusal").atMost(LIMIT).until(() -> !enrolment.problem().isEmpty());
            assertThat(enrolment.problem())
                    .contains("this machine's clock says " + BEFORE_ITS_TIME)
                    .contains("set it right")
                    .contains("node:token")
                    .contains("The join token is spent.");
            assertThat(enrolment.enrolled()).as("it is not given up").isNotDone();

            clock.pass(wrong.negated());

            await("the node to be enrolled")
                    .atMost(LIMIT)
                    .until(() -> enrolment.enrolled().isDone());
            assertThat(enrolment.enrolled()).isCompleted();
            assertThat(enrolment.problem()).isEmpty();
            assertThat(source.joins)
                    .as("a refusal for good is not asked for again")
                    .hasValue(1);
        }
    }

    @Test
    void aClockThatGoesWrongWhileTheNodeRunsLeavesNothingBehind() throws Exception {
        NodeIdentity identity = joined();
        Duration wrong = Duration.between(clock.instant(), BEFORE_ITS_TIME);
        try (Enrolment enrolment = Enrolment.start(identity, new SpentToken(), OFTEN)) {
            assertThat(enrolment.enrolled()).isCompleted();
            clock.pass(wrong);
            await("the refusal").atMost(LIMIT).until(() -> !enrolment.problem().isEmpty());

            clock.pass(wrong.negated());

            await("no problem").atMost(LIMIT).until(() -> enrolment.problem().isEmpty());
        }
    }

    @Test
    void aRenewalThatCannotBeKeptHoldsAndIsSaidUntilItIsKept() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(1 << 20)) {
            folder = disk.folder();
            NodeIdentity identity = joined();
            BigInteger first = serial(identity);
            disk.fill();
            Duration untilItIsDue = Duration.ofDays(25);
            clock.pass(untilItIsDue);
            try (Enrolment enrolment = Enrolment.start(identity, new SpentToken(), OFTEN)) {
                await("the problem")
                        .atMost(LIMIT)
                        .until(() -> !enrolment.problem().isEmpty());
                assertThat(enrolment.problem())
                        .contains("cannot be kept in " + folder.resolve("identity"))
                        .contains("No space left")
                        .contains("lost at the next start");
                assertThat(serial(identity)).as("in use").isNotEqualTo(first);
                assertThat(serial(open())).as("on disk").isEqualTo(first);

                clock.pass(untilItIsDue.negated());
                disk.free();

                await("the certificate to be kept")
                        .atMost(LIMIT)
                        .until(() -> enrolment.problem().isEmpty());
                assertThat(serial(open())).isEqualTo(serial(identity));
            }
        }
    }

    private static BigInteger serial(NodeIdentity identity) {
        return identity.certificate().orElseThrow().getSerialNumber();
    }

    @Test
    void aRefusedMoveToAnotherClusterIsGivenUp() throws Exception {
        NodeIdentity identity = joined();
        SpentToken source = new SpentToken();
        source.otherCluster = true;
        try (Enrolment enrolment = Enrolment.start(identity, source, OFTEN)) {
            await("the refusal").atMost(LIMIT).until(() -> enrolment.enrolled().isDone());
            assertThat(enrolment.enrolled()).isCompletedExceptionally();
            assertThat(enrolment.problem()).isEqualTo("The join token is spent.");
        }
    }
}
