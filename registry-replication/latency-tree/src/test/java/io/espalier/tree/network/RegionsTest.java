package io.espalier.tree.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.tree.simulate.Topologies;
import org.junit.jupiter.api.Test;

class RegionsTest {
    @Test
    void nodesNearEachOtherAreARegion() {
        Regions regions = Regions.of(line(0, 3, 6, 80, 83, 200));
        assertThat(regions.count()).isEqualTo(3);
        assertThat(regions.members(0)).containsExactly(0, 1, 2);
        assertThat(regions.members(1)).containsExactly(3, 4);
        assertThat(regions.region(5)).isEqualTo(2);
    }

    @Test
    void regionMayBeLongerThanItsGaps() {
        assertThat(Regions.of(line(0, 5, 10, 15, 20, 25, 100)).count()).isEqualTo(2);
    }

    @Test
    void nodesAtLikeDistancesAreOneRegion() {
        assertThat(Regions.of(line(0, 20, 45, 70, 90)).count()).isEqualTo(1);
        assertThat(Regions.of(Network.of("a", "b").build()).count()).isEqualTo(1);
        assertThat(Regions.of(Network.of("a").build()).count()).isEqualTo(1);
    }

    @Test
    void placesThatAreHardlyFartherThanNeighboursDoNotHideTheOthers() {
        // Edges of 2, 2, 2, 3, 5, 9, 16, 30 ms: each less than twice the one before, but far is far.
        assertThat(Regions.of(line(0, 2, 4, 6, 9, 14, 23, 39, 69)).count()).isGreaterThan(1);
    }

    @Test
    void sitesNamedByTheOperatorCountMoreThanDistances() {
        NetworkBuilder builder = builder(0, 1, 2, 90, 91);
        builder.site(0, "Linz").site(1, "Graz").site(3, "Oslo");
        Regions regions = Regions.of(builder.build());
        assertThat(regions.region(0)).isNotEqualTo(regions.region(1));
        assertThat(regions.region(2)).isEqualTo(regions.region(1));
        assertThat(regions.region(4)).isEqualTo(regions.region(3));
        assertThat(regions.count()).isEqualTo(3);
    }

    @Test
    void nodeOfWhichNothingIsKnownIsARegionOfItsOwn() {
        NetworkBuilder builder = Network.of("a", "b", "lost").rttBoth(0, 1, 4);
        assertThat(Regions.of(builder.build()).count()).isEqualTo(2);
    }

    @Test
    void bigNetworkIsClusteredFromCoordinates() {
        Regions regions = Regions.of(Topologies.homogeneous(5000, 8));
        assertThat(regions.count()).isBetween(10, Topologies.REGIONS);
    }

    private static Network line(double... places) {
        return builder(places).build();
    }

    private static NetworkBuilder builder(double... places) {
        String[] ids = new String[places.length];
        java.util.Arrays.setAll(ids, i -> "n" + i);
        NetworkBuilder builder = Network.of(ids);
        for (int i = 0; i < places.length; i++) {
            for (int j = 0; j < i; j++) {
                builder.rttBoth(i, j, Math.abs(places[i] - places[j]));
            }
        }
        return builder;
    }
}
