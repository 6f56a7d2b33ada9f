package io.espalier.tree.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.espalier.tree.network.Network;
import org.junit.jupiter.api.Test;

class CompletionModelTest {
    private static final Network NETWORK = Network.of("m", "a", "b", "c")
            .bandwidth(0, 10e6, 10e6)
            .bandwidth(1, 4e6, 8e6)
            .bandwidth(2, 4e6, 8e6)
            .bandwidth(3, 4e6, 3e6)
            .rttBoth(0, 1, 20)
            .rttBoth(0, 2, 40)
            .rttBoth(1, 3, 10)
            .build();

    /** m -> a, b; a -> c. */
    private static final int[] TREE = {-1, 0, 0, 1};

    @Test
    void cutThroughCostsLatencyAndAChunkPerHopAndTheRestAtTheSlowestRate() {
        CompletionModel model = new CompletionModel(NETWORK, new PlanRequest(101_000_000, 1_000_000, 0.002));
        Prediction prediction = model.predict(0, TREE);
        // 10 ms + 1 MB at 5 MB/s + 2 ms, then 100 MB at 5 MB/s.
        assertThat(prediction.seconds(1)).isEqualTo(0.212 + 20, within(1e-9));
        assertThat(prediction.seconds(2)).isEqualTo(0.222 + 20, within(1e-9));
        // Then 5 ms + 1 MB at 3 MB/s (its downlink) + 2 ms, and 100 MB at 3 MB/s.
        assertThat(prediction.seconds(3)).isEqualTo(0.212 + 0.007 + (1 + 100) / 3.0, within(1e-9));
        assertThat(prediction.completion()).isEqualTo(prediction.seconds(3));
        assertThat(prediction.bottleneck()).isEqualTo(3e6);
        assertThat(prediction.rate(2)).isEqualTo(5e6);
        assertThat(prediction.rate(0)).isInfinite();
        assertThat(prediction.seconds(0)).isZero();
    }

    @Test
    void storeAndForwardCostsTheWholeImagePerHop() {
        PlanRequest request = new PlanRequest(100_000_000, 1_000_000, 0.002, Forwarding.STORE_AND_FORWARD);
        Prediction prediction = new CompletionModel(NETWORK, request).predict(0, TREE);
        assertThat(prediction.seconds(3)).isEqualTo(0.012 + 20 + 0.007 + 100 / 3.0, within(1e-9));
    }

    @Test
    void imageSmallerThanAChunkIsOneChunk() {
        CompletionModel model = new CompletionModel(NETWORK, new PlanRequest(500_000, 1_000_000, 0));
        assertThat(model.predict(0, TREE).seconds(1)).isEqualTo(0.01 + 0.1, within(1e-9));
        CompletionModel empty = new CompletionModel(NETWORK, new PlanRequest(0, 1_000_000, 0));
        assertThat(empty.predict(0, TREE).seconds(1)).isEqualTo(0.01, within(1e-9));
    }

    @Test
    void unknownPathCountsAsTwiceTheLongest() {
        CompletionModel model = new CompletionModel(NETWORK, PlanRequest.ofBytes(1));
        assertThat(model.latencySeconds(2, 3)).isEqualTo(0.04, within(1e-9));
        CompletionModel kept = new CompletionModel(NETWORK, PlanRequest.ofBytes(1), true);
        assertThat(kept.latencySeconds(2, 3)).isEqualTo(model.latencySeconds(2, 3));
        assertThat(kept.latencySeconds(0, 1)).isEqualTo(0.01, within(1e-9));
    }

    @Test
    void parentsThatAreNoTreeAreRefused() {
        CompletionModel model = new CompletionModel(NETWORK, PlanRequest.ofBytes(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.predict(0, new int[] {-1, 2, 1, 0}))
                .withMessageContaining("cycle");
        assertThatIllegalArgumentException().isThrownBy(() -> model.predict(0, new int[] {1, 0, 0, 0}));
        assertThatIllegalArgumentException().isThrownBy(() -> model.predict(0, new int[] {-1, 4, 0, 0}));
        assertThatIllegalArgumentException().isThrownBy(() -> model.predict(9, TREE));
    }

    @Test
    void senselessRequestsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> PlanRequest.ofBytes(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new PlanRequest(1, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new PlanRequest(1, 1, Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> new PlanRequest(1, 1, -1));
    }
}
