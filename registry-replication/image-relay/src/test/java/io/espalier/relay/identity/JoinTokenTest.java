package io.espalier.relay.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class JoinTokenTest {
    private static final String SECRET = "abcdefghijklmnopqrstuvwxyz-_0123456789ABCDE";
    private static final String AUTHORITY = "0123456789abcdef".repeat(4);

    @Test
    void readsWhatItPrints() {
        JoinToken token = JoinToken.parse("  " + SECRET + "." + AUTHORITY.toUpperCase(java.util.Locale.ROOT) + "\n");
        assertThat(token).isEqualTo(new JoinToken(SECRET, AUTHORITY));
        assertThat(JoinToken.parse(token.reveal())).isEqualTo(token);
    }

    @Test
    void doesNotShowItsSecret() {
        assertThat(new JoinToken(SECRET, AUTHORITY)).hasToString("***." + AUTHORITY);
        assertThatThrownBy(() -> JoinToken.parse(SECRET))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SECRET.FINGERPRINT")
                .hasMessageNotContaining(SECRET);
    }
}
