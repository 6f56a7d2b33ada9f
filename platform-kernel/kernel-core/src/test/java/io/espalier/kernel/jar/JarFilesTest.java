package io.espalier.kernel.jar;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.kernel.fakes.Jars;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarFilesTest {
    private final Path file;

    JarFilesTest(@TempDir Path folder) {
        file = folder.resolve("x.jar");
    }

    @Test
    void wholeJarHasNoDamage() {
        assertThat(JarFiles.damage(Jars.write(file, "x", "1"))).isEmpty();
    }

    @Test
    void jarTruncatedAnywhereIsDamaged() {
        byte[] whole = Jars.bundle("x", "1", 1);
        for (int length = 0; length < whole.length; length += 997) {
            assertThat(JarFiles.damage(Jars.write(file, Arrays.copyOf(whole, length))))
                    .as("first " + length + " bytes")
                    .isPresent();
        }
    }

    @Test
    void flippedBytesInTheContentAreFound() {
        byte[] whole = Jars.bundle("x", "1", 1);
        for (int at = 1_000; at < 19_000; at += 1_999) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            assertThat(JarFiles.damage(Jars.write(file, damaged)))
                    .as("byte " + at + " flipped")
                    .isPresent();
        }
    }

    @Test
    void symbolicNameComesWithoutItsDirectives() {
        Jars.write(file, Jars.bundle("org.x; singleton:=true", "1", 1));
        assertThat(JarFiles.bundleName(file)).contains("org.x");
        Jars.write(file, Jars.noBundle());
        assertThat(JarFiles.bundleName(file)).isEmpty();
        Jars.write(file, new byte[5]);
        assertThat(JarFiles.bundleName(file)).isEmpty();
    }

    @Test
    void digestIsTheSha256OfTheBytes() throws IOException {
        assertThat(JarFiles.digest(Jars.write(file, new byte[0])))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
