package io.espalier.relay.permission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.permission.UsedPermissions.Claim;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsedPermissionsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_000_000);
    private static final Instant END = NOW.plusSeconds(90);

    @TempDir
    private Path folder;

    @Test
    void aLineThatACrashToreHidesNoOther() throws Exception {
        Path file = folder.resolve("used");
        UsedPermissions.open(file).claim("first", END, NOW);
        Files.writeString(file, END.getEpochSecond() + " torn-in-the-mid", UTF_8, StandardOpenOption.APPEND);

        UsedPermissions again = UsedPermissions.open(file);
        assertThat(again.claim("first", END, NOW)).isEqualTo(Claim.USED_BEFORE);
        assertThat(again.claim("second", END, NOW)).isEqualTo(Claim.TAKEN);
        assertThat(UsedPermissions.open(file).claim("second", END, NOW)).isEqualTo(Claim.USED_BEFORE);
    }

    @Test
    void whatEndedIsForgottenButNeverTakenAgain() throws Exception {
        Path file = folder.resolve("used");
        UsedPermissions used = UsedPermissions.open(file);
        used.claim("first", END, NOW);
        used.claim("second", END.plusSeconds(200), END.plusSeconds(1));
        assertThat(used.claim("first", END, NOW)).isEqualTo(Claim.TOO_OLD);
        assertThat(used.claim("other", END, NOW)).isEqualTo(Claim.TOO_OLD);
        assertThat(used.claim("third", END.plusSeconds(1), NOW)).isEqualTo(Claim.TAKEN);
    }

    @Test
    void theFileStaysSmall() throws Exception {
        Path file = folder.resolve("used");
        UsedPermissions used = UsedPermissions.open(file);
        for (int i = 0; i < 1_200; i++) {
            Instant now = NOW.plusSeconds(100L * i);
            assertThat(used.claim("id-" + i, now.plusSeconds(90), now)).isEqualTo(Claim.TAKEN);
        }
        assertThat(Files.readAllLines(file)).hasSizeLessThan(1_100);
    }

    @Test
    void thereIsABound() throws Exception {
        Path file = folder.resolve("used");
        Files.writeString(
                file,
                IntStream.range(0, UsedPermissions.MOST)
                        .mapToObj(i -> END.getEpochSecond() + " id-" + i + "\n")
                        .collect(Collectors.joining()));
        UsedPermissions used = UsedPermissions.open(file);
        assertThat(used.claim("one-more", END, NOW)).isEqualTo(Claim.NO_ROOM);
        assertThat(used.claim("one-more", END.plusSeconds(200), END)).isEqualTo(Claim.TAKEN);
    }
}
