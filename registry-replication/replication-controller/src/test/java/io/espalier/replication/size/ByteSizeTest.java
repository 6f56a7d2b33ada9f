package io.espalier.replication.size;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ByteSizeTest {
    @Test
    void readsWhatPeopleWrite() {
        assertThat(ByteSize.parse("size", "1")).isEqualTo(1);
        assertThat(ByteSize.parse("size", "8MB")).isEqualTo(8_000_000);
        assertThat(ByteSize.parse("size", " 1.5 gib ")).isEqualTo(3L << 29);
        assertThat(ByteSize.parse("size", "64KiB")).isEqualTo(65_536);
    }

    @Test
    void refusesWhatIsNoSizeWithASentence() {
        for (String text : List.of(
                "", "0", "-1", "MB", "8XB", "1e9", "9999999999999999", "999999999999999TB", "0.0001B", "8\u0000")) {
            assertThatThrownBy(() -> ByteSize.parse("size", text))
                    .as("'%s'", text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("The size '")
                    .hasMessageEndingWith("as in 100MB.");
        }
    }

    @Test
    void writesShortly() {
        assertThat(ByteSize.text(999)).isEqualTo("999 B");
        assertThat(ByteSize.text(1_000)).isEqualTo("1.0 kB");
        assertThat(ByteSize.text(999_999)).isEqualTo("1.0 MB");
        assertThat(ByteSize.text(Long.MAX_VALUE)).isEqualTo("9.2 EB");
        assertThat(ByteSize.rounded(Double.POSITIVE_INFINITY)).isEqualTo("?");
    }
}
