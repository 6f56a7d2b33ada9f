package io.espalier.tree.bound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.NetworkBuilder;
import io.espalier.tree.network.Regions;
import io.espalier.tree.plan.PlanRequest;
import org.junit.jupiter.api.Test;

class BoundsTest {
    private static final PlanRequest REQUEST = PlanRequest.ofBytes(100_000_000);

    @Test
    void rootsUplinkOrTheSlowestDownlinkOrAllUplinksTogetherLimit() {
        assertThat(bounds(network(5e6, 20e6, 10e6)).fluidSeconds()).isEqualTo(20);
        assertThat(bounds(network(50e6, 20e6, 4e6)).fluidSeconds()).isEqualTo(25);
        // Two copies of 100 MB from 10 + 0 + 0 MB/s.
        Network weak =
                network(10e6, 20e6, 20e6).withBandwidth(new double[] {10e6, 0, 0}, new double[] {20e6, 20e6, 20e6});
        assertThat(bounds(weak).fluidSeconds()).isEqualTo(20);
    }

    @Test
    void latencyIsThatOfTheFastestWayEvenByADetour() {
        Bounds bounds = bounds(network(10e6, 10e6, 10e6));
        assertThat(bounds.latencySeconds(true)).isEqualTo(0.05, within(1e-9));
        assertThat(bounds.latencySeconds(false)).isEqualTo(0.02, within(1e-9));
        assertThat(bounds.seconds()).isEqualTo(20.0 / 2 + 0.02, within(1e-9));
    }

    @Test
    void everyRegionButTheRootsReceivesTheImageOnce() {
        assertThat(bounds(network(1, 1, 1)).bytesBetweenRegions(Regions.ofLabels(new int[] {0, 1, 2})))
                .isEqualTo(200_000_000);
    }

    @Test
    void aloneOrEmptyTakesNoTime() {
        Bounds alone = new Bounds(Network.of("m").build(), 0, REQUEST);
        assertThat(alone.seconds()).isZero();
        assertThat(new Bounds(network(1, 1, 1), 0, PlanRequest.ofBytes(0)).fluidSeconds())
                .isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Bounds(Network.of("m").build(), 1, REQUEST));
    }

    private static Bounds bounds(Network network) {
        return new Bounds(network, 0, REQUEST);
    }

    private static Network network(double root, double uplink, double downlink) {
        NetworkBuilder builder =
                Network.of("m", "a", "b").rttBoth(0, 1, 20).rttBoth(1, 2, 20).rttBoth(0, 2, 100);
        return builder.bandwidth(0, root, 1e9)
                .bandwidth(1, uplink, downlink)
                .bandwidth(2, uplink, downlink)
                .build();
    }
}
