package io.espalier.replication.removal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.MasterMessage.Remove;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Removed;
import io.espalier.relay.protocol.RemovalOutcome;
import io.espalier.replication.image.GlobList;
import io.espalier.replication.member.ClusterDouble;
import io.espalier.replication.store.RemovalStore.State;
import io.espalier.replication.trigger.SeenTags;
import io.espalier.testkit.clock.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A desk in a cluster and over a registry that do as a test says; its clocks stand still until they are pushed. */
abstract class DeskRig {
    static final Duration LIMIT = Duration.ofSeconds(20);
    static final Duration GRACE = Duration.ofHours(1);
    static final String DIGEST = "sha256:" + "ab".repeat(32);

    private final ManualClock clock = ManualClock.at(Instant.parse("2026-01-01T00:00:00Z"));
    final AtomicReference<RemovalOutcome> answer = new AtomicReference<>(RemovalOutcome.DONE);
    final ClusterDouble cluster = new ClusterDouble().with("master", "", true).with("a", "", true);
    final FakeImages images = new FakeImages();
    private final MemoryRemovals store = new MemoryRemovals();
    private final AtomicLong nanos = new AtomicLong();

    @TempDir
    Path folder;

    String basis = "one";
    int percent = 10;
    Duration grace = GRACE;
    GlobList repositories = GlobList.of(List.of("shop/*"));
    RemovalDesk desk;

    @BeforeEach
    void start() {
        cluster.answering((node, message) -> answer(message instanceof Remove remove ? remove : null));
        images.push("shop/web:1.0", DIGEST);
        images.push("shop/web:2.0", DIGEST);
        images.push("other/web:1.0", DIGEST);
        RemovalBasis.open(folder.resolve("basis"), basis).settle();
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
                new RemovalSettings(mode, repositories, grace, percent),
                name -> true,
                RemovalBasis.open(folder.resolve("basis"), basis),
                images,
                images,
                cluster,
                store,
                clock,
                nanos::get);
        opened.start();
        return opened;
    }

    void reopen(RemovalMode mode) {
        desk.close();
        desk = open(mode);
    }

    @AfterEach
    void stop() {
        desk.close();
        cluster.close();
    }

    void look(String... tags) {
        desk.looks().looked(new SeenTags(Map.of("shop/web", Set.of(tags)), Set.of()));
    }

    void pass(Duration time) {
        jump(time);
        nanos.addAndGet(time.toNanos());
    }

    /** Somebody sets the clock. */
    void jump(Duration time) {
        clock.pass(time);
    }

    /** The grace goes by, and the image is still gone. */
    void ripen() {
        pass(GRACE);
        look("2.0");
    }

    List<Remove> sent() {
        return cluster.sent().stream()
                .map(ClusterDouble.Sent::message)
                .filter(Remove.class::isInstance)
                .map(Remove.class::cast)
                .toList();
    }

    RemovalView only() {
        assertThat(desk.list(100)).hasSize(1);
        return desk.list(100).get(0);
    }

    void awaitState(State state) {
        await("state " + state).atMost(LIMIT).until(() -> only().state() == state);
    }

    /** An image goes, and its node, being told, answers with something other than that it was done. */
    void goesButIs(RemovalOutcome outcome) {
        answer.set(outcome);
        delete();
        ripen();
        awaitState(State.ORDERED);
        await("outcome " + outcome)
                .atMost(LIMIT)
                .until(() -> only().nodes().get(0).outcome().equals(outcome.name()));
    }

    void awaitSent(int orders) {
        await(orders + " orders").atMost(LIMIT).until(() -> sent().size() == orders);
    }

    /** Rounds come twice a second, so that one which tells nodes would have come. */
    void assertNobodyIsTold() {
        int before = sent().size();
        await("some rounds").pollDelay(Duration.ofMillis(1_200)).atMost(LIMIT).until(() -> true);
        assertThat(sent()).hasSize(before);
    }

    void delete() {
        images.delete("shop/web:1.0");
        look("2.0");
    }
}
