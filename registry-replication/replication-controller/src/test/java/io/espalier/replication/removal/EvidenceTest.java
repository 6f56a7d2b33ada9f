package io.espalier.replication.removal;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.replication.image.ImageName;
import io.espalier.replication.removal.ReplicatedImages.Known;
import io.espalier.replication.store.RemovalStore.RemovalRow;
import io.espalier.replication.store.RemovalStore.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EvidenceTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicLong nanos = new AtomicLong();
    private final Evidence evidence = new Evidence(nanos::get);
    private final RemovalRow row = Disappearances.fresh(
            new Known(ImageName.parse("shop/web:1.0"), "sha256:" + "ab".repeat(32), 1), State.GRACE, false, "", NOW);

    private void look(Instant at) {
        evidence.looked(Set.of(row.id()), Set.of(row.id()), at);
    }

    @Test
    void onlyALookAfterTheGraceSaysThatAnImageIsGone() {
        assertThat(evidence.hasLooked()).isFalse();
        look(NOW.plus(HOUR).minusMillis(1));
        assertThat(evidence.saysGone(row, HOUR)).isFalse();
        look(NOW.plus(HOUR));
        assertThat(evidence.saysGone(row, HOUR)).isTrue();
        evidence.looked(Set.of(), Set.of(row.id()), NOW.plus(HOUR));
        assertThat(evidence.saysGone(row, HOUR)).isFalse();
    }

    @Test
    void theGraceIsAlsoTimeThatNobodySets() {
        evidence.begun(row);
        look(NOW.plus(HOUR));
        nanos.addAndGet(HOUR.toNanos() - 1);
        assertThat(evidence.saysGone(row, HOUR)).isFalse();
        nanos.incrementAndGet();
        assertThat(evidence.saysGone(row, HOUR)).isTrue();
    }

    @Test
    void whatNodesWereToldOfCountsUntilItIsOld() {
        evidence.told(NOW);
        evidence.told(NOW.plus(HOUR));
        assertThat(evidence.toldSince(NOW)).isEqualTo(2);
        assertThat(evidence.toldSince(NOW.plusMillis(1))).isOne();
    }
}
