package io.espalier.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PausesTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    private static final Origin HOST = Origin.of(URI.create("https://reg.example.com"));

    @Test
    void readsBothFormsOfRetryAfter() {
        assertThat(read("3")).contains(Duration.ofSeconds(3));
        assertThat(read("Sun, 01 Mar 2026 10:00:07 GMT")).contains(Duration.ofSeconds(7));
        assertThat(read("Sun, 01 Mar 2026 09:00:00 GMT")).contains(Duration.ZERO);
        assertThat(read("999999999")).contains(Duration.ofHours(1));
        assertThat(read("soon")).isEmpty();
        assertThat(read("-1")).isEmpty();
        assertThat(Pauses.retryAfter(Optional.empty(), NOW)).isEmpty();
    }

    @Test
    void failsAtOnceWhenThePauseIsLongerThanACallMayWait() throws Exception {
        Pauses pauses = new Pauses();
        pauses.pause(HOST, Duration.ofHours(1));
        RegistryException failure =
                catchThrowableOfType(RegistryException.class, () -> pauses.awaitEnd(HOST, Duration.ofSeconds(1)));
        assertThat(failure.code()).isEqualTo(ErrorCode.RATE_LIMITED);
        assertThat(failure.retryable()).isTrue();
        Origin other = Origin.of(URI.create("https://reg.example.com:444"));
        assertThat(pauses.awaitEnd(other, Duration.ZERO)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void hostThatIsAskedTooMuchIsLeftAloneByAllAndLongerEachTime() throws Exception {
        Pauses pauses = new Pauses();
        Duration first = Duration.ofMillis(20);
        Duration longest = Duration.ofMillis(70);
        assertThat(pauses.crowded(HOST, first, longest)).isEqualTo(first);
        assertThat(pauses.crowded(HOST, first, longest))
                .as("said together with the first")
                .isEqualTo(first);
        assertThat(pauses.awaitEnd(HOST, Duration.ofSeconds(5))).isPositive();
        assertThat(pauses.crowded(HOST, first, longest)).isEqualTo(Duration.ofMillis(40));
        Duration ignored = pauses.awaitEnd(HOST, Duration.ofSeconds(5));
        assertThat(pauses.crowded(HOST, first, longest)).isEqualTo(longest);
        pauses.answered(HOST);
        ignored = pauses.awaitEnd(HOST, Duration.ofSeconds(5));
        assertThat(pauses.crowded(HOST, first, longest)).isEqualTo(first);
    }

    private static Optional<Duration> read(String header) {
        return Pauses.retryAfter(Optional.of(header), NOW);
    }
}
