package io.espalier.registry.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import java.net.URI;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTest {
    private static final URI REALM = URI.create("https://auth.example.com/token");
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    @Test
    void isRenewedBeforeItsEnd() throws Exception {
        Token token = parse("{'token':'t','expires_in':300}");
        assertThat(token.authorization()).isEqualTo("Bearer t");
        assertFreshUntil(token, 290);
        assertFreshUntil(parse("{'access_token':'t','expires_in':4}"), 3);
    }

    @Test
    void livesForAMinuteIfNothingIsSaid() throws Exception {
        assertFreshUntil(parse("{'token':'t'}"), 50);
    }

    @Test
    void countsTheTimeSinceItWasIssued() throws Exception {
        assertFreshUntil(parse("{'token':'t','expires_in':300,'issued_at':'2026-03-01T09:58:20Z'}"), 190);
        // A clock that is wrong by more than a life says nothing.
        assertFreshUntil(parse("{'token':'t','expires_in':300,'issued_at':'2026-03-01T08:00:00Z'}"), 290);
        assertFreshUntil(parse("{'token':'t','expires_in':300,'issued_at':'2026-03-01T11:00:00Z'}"), 290);
        assertFreshUntil(parse("{'token':'t','expires_in':300,'issued_at':'yesterday'}"), 290);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "<html>", "{}", "[]", "{'token':''}", "{'token':'a\\r\\nX-Evil: b'}", "{'token':'a b'}"})
    void refusesWhatIsNoToken(String answer) {
        RegistryException failure = catchThrowableOfType(RegistryException.class, () -> parse(answer));
        assertThat(failure.code()).isEqualTo(ErrorCode.PROTOCOL);
        assertThat(failure).hasMessageContaining("auth.example.com");
    }

    private static void assertFreshUntil(Token token, long seconds) {
        assertThat(token.isFresh(TimeUnit.SECONDS.toNanos(seconds) - 1)).isTrue();
        assertThat(token.isFresh(TimeUnit.SECONDS.toNanos(seconds))).isFalse();
    }

    private static Token parse(String json) throws RegistryException {
        return Token.parse(json.replace('\'', '"').getBytes(UTF_8), REALM, 0, NOW);
    }
}
