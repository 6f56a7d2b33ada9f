package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.espalier.relay.protocol.MasterMessage.Hold;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.store.TransferStore.TransferRow;
import io.espalier.replication.window.WindowRules;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Node b takes images from 22:00 to 6:00. */
class WindowDeskTest {
    private static final String IMAGE = "shop/web:1.0";
    private static final WindowRules NIGHT = WindowRules.parse(List.of("b=22:00-06:00"), 0, List.of());

    private final PushedClock clock = new PushedClock(Instant.parse("2026-01-01T05:00:00Z"));

    private ReplicatorBench bench(WindowRules windows) {
        return new ReplicatorBench(Backfill.CURRENT, ReplicatorBench.FAST, clock, windows, "a", "b");
    }

    private static List<Hold> holds(ReplicatorBench bench, String node) {
        return bench.members.sent(node, Hold.class);
    }

    private static Hold last(ReplicatorBench bench, String node) {
        List<Hold> holds = holds(bench, node);
        return holds.get(holds.size() - 1);
    }

    @Test
    void aHoldSaysAfterHowLongTheNodeGoesOnByItself() {
        try (ReplicatorBench bench = bench(NIGHT)) {
            bench.images.push(IMAGE, "one", 1_000);
            bench.changed(IMAGE);
            String id = bench.awaitAssign("b", IMAGE, 1).transfer().id();
            clock.push(Duration.ofHours(3));

            soon().until(() -> last(bench, "b").transfers().equals(List.of(id)));
            assertThat(last(bench, "b").reason()).contains("2026-01-01T22:00:00Z");
            assertThat(Duration.ofSeconds(last(bench, "b").seconds()))
                    .as("at 8:00, a little after the window opens")
                    .isBetween(Duration.ofHours(14), Duration.ofHours(14).plusSeconds(10));
            clock.push(Duration.ofHours(14));
            soon().until(() -> last(bench, "b").transfers().isEmpty());
        }
    }

    @Test
    void whatWaitsForItsTurnAfterARestartDoesNotGoOnAtNodes() {
        clock.push(Duration.ofHours(3));
        FakeMembers members = new FakeMembers("a", "b");
        WindowDesk desk = new WindowDesk(NIGHT, members, clock);
        TransferTable table = new TransferTable(new MemoryStore(members), members, desk);
        TransferRow row = new TransferRow("t1", "shop/web", "1.0", "sha256:01", 1, 1_000, "", clock.instant(), false);
        table.enqueue(row, 5);

        desk.resume(List.of(row));
        desk.go(table);
        assertThat(members.sent("b", Hold.class)).singleElement().satisfies(hold -> assertThat(hold.transfers())
                .containsExactly("t1"));
        assertThat(members.sent("a", Hold.class)).singleElement().satisfies(hold -> assertThat(hold.transfers())
                .isEmpty());
    }

    @Test
    void aWindowForNobodyIsOneWarning() {
        Logger logger = (Logger) LoggerFactory.getLogger(WindowDesk.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        WindowRules windows = WindowRules.parse(List.of("branch=22:00-06:00"), 0, List.of());
        FakeMembers members = new FakeMembers("branch-1");
        WindowDesk desk = new WindowDesk(windows, members, clock);
        TransferTable table = new TransferTable(new MemoryStore(members), members, desk);
        try {
            for (String node : List.of("branch-1", "branch-2", "branch-3")) {
                members.connect(node);
                soon().until(() -> {
                    desk.go(table);
                    return members.sent(node, Hold.class).size() == 1;
                });
            }
            assertThat(log.list).singleElement().satisfies(event -> assertThat(event.getFormattedMessage())
                    .startsWith("The window 'branch=22:00-06:00 UTC' is for no node"));
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void everyNewLinkIsToldAlsoWithoutWindows() {
        try (ReplicatorBench bench = bench(WindowRules.NONE)) {
            soon().until(() -> holds(bench, "b").equals(List.of(new Hold(List.of(), ""))));
            bench.members.disconnect("b");
            bench.members.connect(
                    "b", new TransferReport("t1", TransferState.RETRYING, 9, 0, 0, 0, 0, "", 0, "It waits.", 5));
            soon().until(() -> holds(bench, "b").size() == 2);
            assertThat(last(bench, "b").transfers()).isEmpty();
        }
    }
}
