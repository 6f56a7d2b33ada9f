package io.espalier.tree.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class NetworkTest {
    @Test
    void measurementsFromBothEndsAreKeptApartAndReckonedTogether() {
        Network network = Network.of("a", "b", "c")
                .rtt(0, 1, 10, 2)
                .rtt(1, 0, 14)
                .rtt(2, 0, 30)
                .build();
        assertThat(network.rttMillis(0, 1)).isEqualTo(10);
        assertThat(network.rttMillis(1, 0)).isEqualTo(14);
        assertThat(network.jitterMillis(0, 1)).isEqualTo(2);
        assertThat(network.expectedRttMillis(0, 1)).isEqualTo(12);
        assertThat(network.expectedRttMillis(0, 2)).isEqualTo(30);
        assertThat(network.rttMillis(0, 2)).isNaN();
        assertThat(network.measured(0, 2)).isTrue();
        assertThat(network.expectedRttMillis(1, 2)).isNaN();
        assertThat(network.measuredPeers(2)).containsExactly(0);
    }

    @Test
    void laterMeasurementReplacesTheEarlierOne() {
        Network network = Network.of("a", "b").rtt(0, 1, 10).rtt(0, 1, 20).build();
        assertThat(network.rttMillis(0, 1)).isEqualTo(20);
    }

    @Test
    void unknownBandwidthIsTheDefaultAndSaysSo() {
        Network network = Network.of("a", "b")
                .bandwidth(0, 5, 6)
                .defaultBandwidth(1e6, 2e6)
                .maxChildren(1, 3)
                .site(1, "Graz")
                .build();
        assertThat(network.bandwidthAssumed(0)).isFalse();
        assertThat(network.bandwidthAssumed(1)).isTrue();
        assertThat(network.uplink(1)).isEqualTo(1e6);
        assertThat(network.downlink(1)).isEqualTo(2e6);
        assertThat(network.maxChildren(0)).isEqualTo(Integer.MAX_VALUE);
        assertThat(network.maxChildren(1)).isEqualTo(3);
        assertThat(network.site(0)).isEmpty();
        assertThat(network.site(1)).contains("Graz");
        assertThat(network.number("b")).contains(1);
        assertThat(network.number("z")).isEmpty();
    }

    @Test
    void senselessValuesAreRefusedByName() {
        NetworkBuilder builder = Network.of("a", "b");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.rtt(0, 1, Double.NaN))
                .withMessageContaining("from a to b is NaN");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.rtt(0, 1, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.rtt(0, 0, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.rtt(0, 2, 1))
                .withMessageContaining("no node 2");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.bandwidth(0, Double.POSITIVE_INFINITY, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.bandwidth(0, 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxChildren(0, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.coordinates(new Coordinates(3)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Network.of("a", "a"))
                .withMessageContaining("twice");
        assertThatIllegalArgumentException().isThrownBy(Network::of).withMessageContaining("at least one");
    }

    @Test
    void otherBandwidthKeepsTheMeasurements() {
        Network network = Network.of("a", "b").rtt(0, 1, 7).build();
        Network other = network.withBandwidth(new double[] {1, 2}, new double[] {3, 4});
        assertThat(other.rttMillis(0, 1)).isEqualTo(7);
        assertThat(other.uplink(1)).isEqualTo(2);
        assertThat(network.uplink(1)).isEqualTo(NetworkBuilder.DEFAULT_BANDWIDTH);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.withBandwidth(new double[] {1}, new double[] {1, 2}));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.withBandwidth(new double[] {1, -2}, new double[] {1, 2}));
    }

    @Test
    void smallNetworksMeasureAllPairsAndBigOnesAFew() {
        NeighbourSampling small = new NeighbourSampling(100, 1);
        assertThat(small.peers(4)).hasSize(99).doesNotContain(4);
        NeighbourSampling big = new NeighbourSampling(10_000, 1);
        assertThat(big.peers(9_999))
                .hasSize(NeighbourSampling.PEERS)
                .doesNotContain(9_999)
                .contains(0);
        assertThat(big.peers(17)).isEqualTo(new NeighbourSampling(10_000, 1).peers(17));
        assertThat(new NeighbourSampling(1, 1).peers(0)).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> big.peers(10_000));
        assertThatIllegalArgumentException().isThrownBy(() -> new NeighbourSampling(0, 1));
    }
}
