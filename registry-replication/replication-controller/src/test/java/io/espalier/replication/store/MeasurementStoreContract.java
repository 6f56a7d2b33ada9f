package io.espalier.replication.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.MeasurementStore.MeasurementRow;
import io.espalier.replication.store.MeasurementStore.PlanRow;
import io.espalier.replication.store.MeasurementStore.RateRow;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every store of measurements keeps to. */
public abstract class MeasurementStoreContract {
    private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_123L);
    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");

    /** The same empty store for the whole of a test. */
    protected abstract MeasurementStore measurements();

    @Test
    void keepsTheNewestOfEachPairDirectionAndMode() {
        MeasurementRow ping = new MeasurementRow(A, B, MeasureMode.PING, 12.5, 0.25, 0, NOW);
        MeasurementRow back = new MeasurementRow(B, A, MeasureMode.PING, 13, 0, 0, NOW);
        MeasurementRow copy = new MeasurementRow(A, B, MeasureMode.COPY, 800, 0, 10_000_000_000L, NOW);
        MeasurementRow newer = new MeasurementRow(A, B, MeasureMode.PING, 14, 1, 0, NOW.plusMillis(1));
        measurements().save(List.of(ping, back, copy));
        measurements().save(List.of(newer));
        measurements().save(List.of());

        assertThat(measurements().measurements()).containsExactlyInAnyOrder(newer, back, copy);
    }

    @Test
    void keepsATimeThatIsNoNumber() {
        MeasurementRow row = new MeasurementRow(A, B, MeasureMode.COPY, Double.NaN, Double.NaN, 5, NOW);
        measurements().save(List.of(row));

        assertThat(measurements().measurements()).containsExactly(row);
    }

    @Test
    void replacesRatesByEdge() {
        measurements().saveRate(new RateRow(A, B, 5, NOW));
        measurements().saveRate(new RateRow(A, B, 6, NOW.plusMillis(1)));
        measurements().saveRate(new RateRow(B, A, 7, NOW));

        assertThat(measurements().rates())
                .containsExactlyInAnyOrder(new RateRow(A, B, 6, NOW.plusMillis(1)), new RateRow(B, A, 7, NOW));
    }

    @Test
    void replacesPlansByNameAndKeepsBigOnes() {
        String big = "[\"" + "\u00e4\uD83D\uDE00'".repeat(200_000) + "\"]";
        measurements().savePlan(new PlanRow("up-to-1MiB", "{}", NOW));
        measurements().savePlan(new PlanRow("up-to-1MiB", big, NOW.plusMillis(1)));

        assertThat(measurements().plan("up-to-1MiB")).contains(new PlanRow("up-to-1MiB", big, NOW.plusMillis(1)));
        assertThat(measurements().plan("up-to-4MiB")).isEmpty();
    }
}
