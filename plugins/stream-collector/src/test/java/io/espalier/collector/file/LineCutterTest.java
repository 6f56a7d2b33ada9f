package io.espalier.collector.file;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineCutterTest {
    /** All records of the text if at most {@code chunk} bytes are at hand at once. */
    private static List<String> cut(String text, int max, int chunk) {
        LineCutter cutter = new LineCutter(max);
        byte[] bytes = text.getBytes(US_ASCII);
        List<String> records = new ArrayList<>();
        int from = 0;
        int to = Math.min(chunk, bytes.length);
        while (true) {
            int end = cutter.cut(bytes, from, to, to == bytes.length);
            if (end >= 0) {
                records.add(new String(bytes, from, end - from, US_ASCII));
                from = cutter.next();
            } else if (to == bytes.length) {
                return records;
            } else {
                to = Math.min(bytes.length, to + chunk);
            }
        }
    }

    @Test
    void cutsAtNewlinesAndKeepsEmptyLines() {
        assertThat(cut("a\n\nbc\r\n\n", 10, 100)).containsExactly("a", "", "bc\r", "");
    }

    @Test
    void takesLineOfExactlyTheLimitAsOneRecord() {
        assertThat(cut("1234\n12345\n12345678\n", 4, 100)).containsExactly("1234", "1234", "5", "1234", "5678");
    }

    @Test
    void takesUnfinishedLineOnlyAtTheVeryEnd() {
        LineCutter cutter = new LineCutter(10);
        assertThat(cutter.cut("abc".getBytes(US_ASCII), 0, 3, false)).isEqualTo(-1);
        assertThat(cutter.cut("abc".getBytes(US_ASCII), 0, 3, true)).isEqualTo(3);
    }

    @Test
    void cutsAlikeHoweverManyBytesAreAtHand() {
        Random random = new Random(1);
        for (int round = 0; round < 2000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(60); i > 0; i--) {
                text.append(random.nextInt(4) == 0 ? '\n' : 'x');
            }
            int max = 1 + random.nextInt(6);
            assertThat(cut(text.toString(), max, 1 + random.nextInt(9)))
                    .as("round %s", round)
                    .isEqualTo(cut(text.toString(), max, 1000));
        }
    }
}
