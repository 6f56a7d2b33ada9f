package io.espalier.replication.removal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MassRuleTest {
    private final MassRule rule = new MassRule(10);

    @Test
    void aSingleImageMayGoUnlessItIsTheLast() {
        assertThat(rule.doubt(1, 2)).isEmpty();
        assertThat(rule.doubt(1, 1))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("shows none of its 1 images"));
    }

    @Test
    void moreThanThePercentAreHeld() {
        assertThat(rule.doubt(10, 100)).isEmpty();
        assertThat(rule.doubt(11, 100))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("11 of 100 images"));
        assertThat(rule.doubt(2, 10)).isPresent();
    }

    @Test
    void moreThanTwentyAreHeldHoweverManyThereAre() {
        assertThat(rule.doubt(20, 100_000)).isEmpty();
        assertThat(rule.doubt(21, 100_000)).isPresent();
    }
}
