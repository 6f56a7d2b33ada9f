package io.espalier.kernel.quarantine;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginState.Cause;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class QuarantineKillTest {
    private static final PluginId SHOP = new PluginId("shop");

    @Test
    @Timeout(60)
    void whatWasSavedSurvivesKillMinusNine(@TempDir Path folder) throws Exception {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int saved = 0;
        try (BufferedReader lines = writer.inputReader()) {
            for (int i = 0; i < 50; i++) {
                saved = Integer.parseInt(lines.readLine());
            }
            // By its handle: destroying the process itself would close the stream.
            assertThat(writer.toHandle().destroyForcibly()).isTrue();
            // What it told before it died counts too.
            for (String line = lines.readLine(); line != null && line.length() == 6; line = lines.readLine()) {
                saved = Math.max(saved, Integer.parseInt(line));
            }
        } finally {
            writer.destroyForcibly();
            assertThat(writer.waitFor(20, TimeUnit.SECONDS))
                    .as("the writer is dead")
                    .isTrue();
        }
        int least = saved;
        assertThat(new QuarantineStore(folder).find(SHOP))
                .hasValueSatisfying(entry -> assertThat(entry.attempts()).isGreaterThanOrEqualTo(least));
    }

    /** Saves and tells, without end. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) {
            var store = new QuarantineStore(Path.of(args[0]));
            for (int attempts = 1; ; attempts++) {
                store.save(new QuarantineEntry(SHOP, Cause.THREW, "It threw.", attempts, Instant.EPOCH, "ab"));
                System.out.println(String.format("%06d", attempts));
            }
        }
    }
}
