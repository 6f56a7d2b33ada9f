package io.espalier.relay.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StripeTest {
    private static final String BLOB = "sha256:" + "ab".repeat(32);

    @Test
    void everyChunkIsOfOneStripe() {
        for (int chunk = 0; chunk < 100; chunk++) {
            int asked = chunk;
            assertThat(IntStream.range(0, 3).filter(i -> new Stripe(i, 3).has(BLOB, asked)))
                    .hasSize(1);
        }
        assertThat(Stripe.WHOLE.others(BLOB, 100).cardinality()).isZero();
        assertThat(new Stripe(1, 4).others(BLOB, 100).cardinality()).isEqualTo(75);
    }

    @Test
    void blobsOfOneChunkAreSpread() {
        long first = IntStream.range(0, 1000)
                .filter(i -> new Stripe(0, 2).has(String.format("sha256:%064x", i), 0))
                .count();
        assertThat(first).isBetween(300L, 700L);
    }

    @Test
    void twoStripesMeetWhenAChunkCanBeOfBoth() {
        for (int count = 1; count <= 4; count++) {
            for (int number = 0; number < count; number++) {
                for (int other = 0; other < 6; other++) {
                    Stripe a = new Stripe(number, count);
                    Stripe b = new Stripe(other, 6);
                    boolean found = IntStream.range(0, 100).anyMatch(chunk -> a.has(BLOB, chunk) && b.has(BLOB, chunk));
                    assertThat(a.meets(b)).isEqualTo(found);
                }
            }
        }
    }

    @Test
    void stripesThatDoNotExistAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Stripe(2, 2)).withMessageContaining("stripe 2 of 2");
        assertThatIllegalArgumentException().isThrownBy(() -> new Stripe(0, 17));
        assertThatIllegalArgumentException().isThrownBy(() -> new Stripe(-1, 2));
    }
}
