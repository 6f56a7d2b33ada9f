package io.espalier.replication.harbor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaitingImagesTest {
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    @TempDir
    private Path folder;

    private WaitingImages open(Duration later) {
        return WaitingImages.open(folder.resolve("waiting"), Clock.fixed(NOW.plus(later), ZoneOffset.UTC));
    }

    @Test
    void outlivesARestartAndIsGivenUpAfterADay() {
        open(Duration.ZERO).add("library/app:1.0");

        WaitingImages later = open(Duration.ofHours(23));
        assertThat(later.giveUp()).isEmpty();
        assertThat(later.all()).hasSize(1);
        assertThat(later.all().get(0).text()).isEqualTo("library/app:1.0 is still to be carried, since " + NOW + ".");

        assertThat(open(Duration.ofHours(25)).giveUp()).hasSize(1);
        assertThat(open(Duration.ofHours(25)).all()).isEmpty();
    }

    @Test
    void aPushWhileTheFormerOneIsCarriedWaitsOn() {
        WaitingImages waiting = open(Duration.ZERO);
        waiting.add("library/app:1.0");
        long first = waiting.stamp("library/app:1.0");
        waiting.add("library/app:1.0");

        waiting.done("library/app:1.0", first);
        assertThat(waiting.all()).hasSize(1);

        waiting.done("library/app:1.0", waiting.stamp("library/app:1.0"));
        assertThat(waiting.all()).isEmpty();
    }

    @Test
    void readsNoLineThatNamesNoImageAndWritesNone() throws Exception {
        Files.writeString(folder.resolve("waiting"), "torn\n12 library/app:1\n99 a b:c\n");
        WaitingImages waiting = open(Duration.ZERO);
        waiting.add("x\n1 library/other:2");

        assertThat(waiting.all()).extracting(WaitingImages.Waiting::image).containsExactly("library/app:1");
    }

    @Test
    void holdsTheNewestTwoThousand() throws Exception {
        Files.writeString(
                folder.resolve("waiting"),
                IntStream.range(0, 2_000)
                        .mapToObj(number -> NOW.getEpochSecond() + " library/app:" + number + "\n")
                        .collect(Collectors.joining()));
        WaitingImages waiting = open(Duration.ZERO);

        waiting.add("library/app:2000");

        assertThat(waiting.all()).hasSize(2_000);
        assertThat(waiting.stamp("library/app:0")).isZero();
        assertThat(waiting.stamp("library/app:2000")).isPositive();
    }
}
