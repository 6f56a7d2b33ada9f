package io.espalier.quality.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.quality.reconcile.SequenceSet.Added;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SequenceSetTest {
    @Test
    void behavesLikeASetOfNumbers() {
        Random random = new Random(3);
        SequenceSet set = new SequenceSet(200_000);
        Set<Long> model = new HashSet<>();
        for (int i = 0; i < 600_000; i++) {
            long number = random.nextInt(200_000);
            assertThat(set.add(number) == Added.NEW).isEqualTo(model.add(number));
        }
        long missing = 0;
        while (model.contains(missing)) {
            missing++;
        }
        assertThat(set.size()).isEqualTo(model.size());
        assertThat(set.firstMissing()).isEqualTo(missing);
    }

    @Test
    void refusesWhatIsBeyondTheLimitWithoutTakingMemoryForIt() {
        SequenceSet set = new SequenceSet(10);

        assertThat(set.add(10)).isEqualTo(Added.BEYOND_LIMIT);
        assertThat(set.add(Long.MAX_VALUE)).isEqualTo(Added.BEYOND_LIMIT);
        assertThat(set.add(-1)).isEqualTo(Added.BEYOND_LIMIT);
        assertThat(set.size()).isZero();
    }

    @Test
    void knowsNumbersOfCompletePages() {
        SequenceSet set = new SequenceSet(70_000);
        for (long i = 0; i < 70_000; i++) {
            assertThat(set.add(i)).isEqualTo(Added.NEW);
        }

        assertThat(set.add(5)).isEqualTo(Added.KNOWN);
        assertThat(set.firstMissing()).isEqualTo(70_000);
    }
}
