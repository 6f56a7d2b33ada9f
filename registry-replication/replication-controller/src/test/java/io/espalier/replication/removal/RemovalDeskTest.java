package io.espalier.replication.removal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.MasterMessage.Remove;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Removed;
import io.espalier.relay.protocol.RemovalOutcome;
import io.espalier.replication.image.GlobList;
import io.espalier.replication.member.ClusterDouble;
import io.espalier.replication.store.RemovalStore.State;
import io.espalier.replication.trigger.SeenTags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RemovalDeskTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration GRACE = Duration.ofHours(1);
    private static final String DIGEST = "sha256:" + "ab".repeat(32);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final AtomicReference<RemovalOutcome> answer = new AtomicReference<>(RemovalOutcome.DONE);
    private final ClusterDouble cluster =
            new ClusterDouble().with("master", "", true).with("a", "", true);
    private final FakeImages images = new FakeImages();
    private final MemoryRemovals store = new MemoryRemovals();
    private RemovalDesk desk;

    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return requireNonNull(now.get());
        }
    };

    @BeforeEach
    void start() {
        cluster.answering((node, message) -> answer(message instanceof Remove remove ? remove : null));
        images.push("shop/web:1.0", DIGEST);
        images.push("shop/web:2.0", DIGEST);
        images.push("other/web:1.0", DIGEST);
        desk = open(RemovalMode.UNTAG);
    }

    private @Nullable NodeMessage answer(@Nullable Remove remove) {
        RemovalOutcome outcome = requireNonNull(answer.get());
        return remove == null || outcome == RemovalOutcome.PLANNED
                ? null
                : new Removed(remove.request(), outcome.name(), List.of(), List.of(), "So says the node.");
    }

    private RemovalDesk open(RemovalMode mode) {
        RemovalDesk opened = new RemovalDesk(
                new RemovalSettings(mode, GlobList.of(List.of("shop/*")), GRACE, 10),
                repository -> true,
                images,
                images,
                cluster,
                store,
                clock);
        opened.start();
        return opened;
    }

    private void reopen(RemovalMode mode) {
        desk.close();
        desk = open(mode);
    }

    @AfterEach
    void stop() {
        desk.close();
        cluster.close();
    }

    private void look(String... tags) {
        desk.looks().looked(new SeenTags(Map.of("shop/web", Set.of(tags)), Set.of()));
    }

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    private List<Remove> sent() {
        return cluster.sent().stream()
                .map(ClusterDouble.Sent::message)
                .filter(Remove.class::isInstance)
                .map(Remove.class::cast)
                .toList();
    }

    private RemovalView only() {
        assertThat(desk.list()).hasSize(1);
        return desk.list().get(0);
    }

    private void awaitState(State state) {
        await("state " + state).atMost(LIMIT).until(() -> only().state() == state);
    }

    /** Rounds come twice a second, so that one which tells nodes would have come. */
    private void assertNobodyIsTold() {
        int before = sent().size();
        await("some rounds").pollDelay(Duration.ofMillis(1_200)).atMost(LIMIT).until(() -> true);
        assertThat(sent()).hasSize(before);
    }

    private void delete() {
        images.delete("shop/web:1.0");
        look("2.0");
    }

    @Test
    void tellsNodesWhenTheGraceIsOver() {
        delete();
        pass(GRACE.minusSeconds(1));
        assertNobodyIsTold();
        pass(Duration.ofSeconds(1));
        awaitState(State.DONE);
        assertThat(sent()).hasSize(1);
        assertThat(sent().get(0).manifests()).as("untag deletes no manifest").isEmpty();
        assertThat(sent().get(0).own().generation()).isPositive();
    }

    @Test
    void whatIsKeptIsListedAndHeldWhenThePolicyChanges() {
        reopen(RemovalMode.KEEP);
        delete();
        pass(GRACE.multipliedBy(2));
        awaitState(State.KEPT);
        assertNobodyIsTold();

        reopen(RemovalMode.DELETE);
        pass(GRACE.multipliedBy(2));
        assertThat(only().state()).isEqualTo(State.HELD);
        assertThat(only().reason()).contains("while the setting deletes was keep");
        assertNobodyIsTold();
    }

    @Test
    void whatWasOrderedIsTakenBackWhenThePolicyBecomesKeep() {
        answer.set(RemovalOutcome.FAILED);
        delete();
        pass(GRACE);
        awaitState(State.ORDERED);
        await("the node's answer")
                .atMost(LIMIT)
                .until(() -> only().nodes().get(0).outcome().equals("FAILED"));

        reopen(RemovalMode.KEEP);
        pass(GRACE);
        awaitState(State.DONE);
        assertThat(only().nodes().get(0).sentence()).contains("became keep");
    }

    @Test
    void aRegistryThatDoesNotAnswerDeletesNothing() {
        images.away(true);
        look("2.0");
        assertThat(desk.list()).as("it cannot be asked").isEmpty();

        images.away(false);
        delete();
        images.away(true);
        pass(GRACE.multipliedBy(3));
        assertNobodyIsTold();
        images.away(false);
        awaitState(State.DONE);
    }

    @Test
    void aTagThatIsOnlyMissingInTheListStays() {
        look("2.0");
        assertThat(desk.list()).isEmpty();
    }

    @Test
    void repositoriesOutsideOfTheFilterAndUnreadOnesAreNotTouched() {
        images.delete("other/web:1.0");
        look("1.0", "2.0");
        images.delete("shop/web:1.0");
        desk.looks().looked(new SeenTags(Map.of(), Set.of("shop/web")));
        assertThat(desk.list()).isEmpty();
    }

    @Test
    void aRepositoryThatIsNotListedAnyMoreIsHeld() {
        images.delete("shop/web:1.0");
        desk.looks().looked(new SeenTags(Map.of("other/web", Set.of("1.0")), Set.of()));

        assertThat(only().state()).isEqualTo(State.HELD);
        assertThat(only().reason()).contains("does not list the repository shop/web any more");
        pass(GRACE.multipliedBy(2));
        assertNobodyIsTold();
    }

    @Test
    void aNodeWhoseRegistryDoesNotDeleteIsAskedAgainOnlyByAnOperator() throws Exception {
        answer.set(RemovalOutcome.UNSUPPORTED);
        delete();
        pass(GRACE);
        awaitState(State.ORDERED);
        await("the answer")
                .atMost(LIMIT)
                .until(() -> only().nodes().get(0).outcome().equals("UNSUPPORTED"));
        pass(Duration.ofDays(1));
        assertNobodyIsTold();

        answer.set(RemovalOutcome.DONE);
        assertThat(desk.confirm(only().id())).isEqualTo("1 nodes are asked again.");
        awaitState(State.DONE);
    }

    @Test
    void aNodeThatFailsIsAskedAgainAfterAPause() {
        answer.set(RemovalOutcome.FAILED);
        delete();
        pass(GRACE);
        awaitState(State.ORDERED);
        await("the first answer")
                .atMost(LIMIT)
                .until(() -> only().nodes().get(0).outcome().equals("FAILED"));
        assertNobodyIsTold();
        answer.set(RemovalOutcome.DONE);
        pass(Duration.ofMinutes(1));
        awaitState(State.DONE);
        assertThat(sent()).hasSize(2);
    }

    @Test
    void aNodeThatDoesNotAnswerIsNamed() {
        answer.set(RemovalOutcome.PLANNED);
        delete();
        pass(GRACE);
        await("the first order").atMost(LIMIT).until(() -> sent().size() == 1);
        pass(Duration.ofHours(1));
        await("the sentence")
                .atMost(LIMIT)
                .until(() -> only().nodes().get(0).sentence().contains("its release may be too old"));
    }

    @Test
    void aPushWhileANodeIsToBeToldKeepsTheImageThere() {
        answer.set(RemovalOutcome.FAILED);
        delete();
        pass(GRACE);
        await("the answer")
                .atMost(LIMIT)
                .until(() -> only().state() == State.ORDERED
                        && only().nodes().get(0).outcome().equals("FAILED"));

        images.push("shop/web:1.0", DIGEST);
        awaitState(State.DONE);
        assertThat(only().nodes().get(0).outcome()).isEqualTo("KEPT");
        assertThat(only().nodes().get(0).sentence()).contains("pushed again");
    }

    @Test
    void byHandNothingGoesThatTheMasterStillHas() {
        assertThatThrownBy(() -> desk.remove(images.known().get(0).name(), Optional.empty()))
                .hasMessageContaining("still has shop/web:1.0");
        assertThatThrownBy(() -> desk.confirm("nonsense")).hasMessageContaining("no open removal 'nonsense'");
    }
}
