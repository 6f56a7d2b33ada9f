package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.MasterMessage.Reroute;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who gets another route since nothing comes; the chain is master, a, b, c, and the clock stands still until it is pushed. */
class RescueTest {
    private static final String CANARY = "shop/canary:1";
    private static final int IMAGES = 6;
    private static final int AT_ONCE = 4;
    private static final long BYTES = 100_000;
    private static final Duration IDLE = Duration.ofMillis(400);

    private final PushedClock clock = new PushedClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final ReplicatorBench bench = new ReplicatorBench(
            Backfill.CURRENT,
            new ReplicatorTiming(
                    Duration.ZERO, Duration.ofSeconds(30), IDLE, Duration.ofMillis(20), Duration.ofMillis(100)),
            clock,
            "a",
            "b",
            "c");

    @AfterEach
    void close() {
        bench.close();
    }

    private String begin(String image) {
        bench.images.push(image, image, BYTES);
        bench.changed(image);
        bench.awaitAssign("a", image, 1);
        bench.awaitAssign("b", image, 1);
        return bench.awaitAssign("c", image, 1).transfer().id();
    }

    private void says(String node, String id, TransferState state, long received) {
        bench.members.report(node, new TransferReport(id, state, BYTES, 0, received, 0, 0, "", 0, "", 5));
    }

    /** Returns after a whole look at all that runs: what surely needs another route has got it twice. */
    private void pass(Duration time) {
        String canary = begin(CANARY);
        says("b", canary, TransferState.DONE, BYTES);
        says("c", canary, TransferState.RECEIVING, 1);
        clock.push(time);
        soon().alias("the first look").until(() -> parents("c", canary).size() == 2);
        clock.push(IDLE.plusMillis(1));
        soon().alias("the second look").until(() -> parents("c", canary).size() == 3);
    }

    private List<String> parents(String node, String id) {
        List<String> parents = new ArrayList<>();
        bench.members.sent(node, Assign.class).stream()
                .filter(assign -> assign.transfer().id().equals(id))
                .forEach(assign -> parents.add(
                        assign.route().branches().get(0).parent().node().value()));
        bench.members.sent(node, Reroute.class).stream()
                .filter(reroute -> reroute.transfer().equals(id))
                .forEach(reroute -> parents.add(
                        reroute.route().branches().get(0).parent().node().value()));
        return parents;
    }

    @Test
    void whatQueuesAtNodesOrIsSlowForAllOfThemKeepsItsTree() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < IMAGES; i++) {
            ids.add(begin("shop/app" + i + ":1"));
        }
        for (int i = 0; i < IMAGES; i++) {
            TransferState state = i < AT_ONCE ? TransferState.RECEIVING : TransferState.WAITING;
            says("a", ids.get(i), state, i);
            says("b", ids.get(i), state, i);
            says("c", ids.get(i), state, i);
        }

        pass(Duration.ofSeconds(30));
        assertThat(ids).allSatisfy(id -> {
            assertThat(parents("a", id)).containsExactly("master");
            assertThat(parents("b", id)).containsExactly("a");
            assertThat(parents("c", id)).containsExactly("b");
        });
    }

    @Test
    void aNodeWhoseParentHasMoreOrFailsGetsAnotherRoute() {
        String more = begin("shop/more:1");
        says("b", more, TransferState.RECEIVING, 50_000);
        says("c", more, TransferState.RECEIVING, 1_000);
        String fails = begin("shop/fails:1");
        says("b", fails, TransferState.RETRYING, 0);
        says("c", fails, TransferState.RECEIVING, 1_000);

        pass(Duration.ofSeconds(30));
        assertThat(parents("c", more)).contains("master");
        assertThat(parents("c", fails)).contains("master");
    }

    @Test
    void whereNothingMovesForLongTheNodesAskTheMaster() {
        String stands = begin("shop/stands:1");
        says("a", stands, TransferState.RECEIVING, 7);
        says("b", stands, TransferState.RECEIVING, 7);
        says("c", stands, TransferState.RECEIVING, 7);
        String canary = begin(CANARY);
        says("b", canary, TransferState.DONE, BYTES);
        says("c", canary, TransferState.RECEIVING, 1);

        look(canary, 15);
        assertThat(parents("c", stands)).containsExactly("b");
        look(canary, 2);
        assertThat(parents("c", stands)).contains("master");
    }

    /** So many whole looks at all that runs; each gives the canary's last node another route. */
    private void look(String canary, int times) {
        for (int i = 0; i < times; i++) {
            int before = parents("c", canary).size();
            clock.push(IDLE.plusMillis(1));
            soon().alias("look " + i).until(() -> parents("c", canary).size() > before);
        }
    }
}
