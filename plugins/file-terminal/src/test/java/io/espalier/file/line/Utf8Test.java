package io.espalier.file.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
    @Test
    void agreesWithTheJdksStrictDecoderOnSequencesOfThreeBytes() {
        for (int first = 0; first < 256; first++) {
            for (int second = 0; second < 256; second++) {
                for (int third : new int[] {0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF}) {
                    assertAgrees(new byte[] {(byte) first, (byte) second, (byte) third});
                }
            }
        }
    }

    @Test
    void agreesWithTheJdksStrictDecoderOnFourByteSequences() {
        Random random = new Random(7);
        byte[] bytes = new byte[4];
        for (int i = 0; i < 200_000; i++) {
            bytes[0] = (byte) (0xEE + random.nextInt(8));
            for (int k = 1; k < 4; k++) {
                bytes[k] = (byte) (0x70 + random.nextInt(0x60));
            }
            assertAgrees(bytes);
        }
    }

    @Test
    void refusesTextThatEndsInTheMiddleOfACharacter() {
        byte[] whole = "grün 漢 😀".getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length <= whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThat(Utf8.isValid(part)).isEqualTo(decodes(part));
        }
    }

    private static void assertAgrees(byte[] bytes) {
        if (Utf8.isValid(bytes) != decodes(bytes)) {
            assertThat(Utf8.isValid(bytes))
                    .as("%02x %02x %02x", bytes[0], bytes[1], bytes[2])
                    .isEqualTo(decodes(bytes));
        }
    }

    private static boolean decodes(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
