package io.espalier.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What others see while somebody writes. */
@Timeout(60)
class ConcurrentWritersTest {
    private static final int WRITERS = 4;
    private static final int ROUNDS = 50;

    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);

    @TempDir
    private Path folder;

    @AfterEach
    void stop() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS))
                .as("threads ended")
                .isTrue();
    }

    @Test
    void writersDoNotMixAndReadersSeeWholeFiles() throws Exception {
        Path file = folder.resolve("f");
        DurableFiles.replace(file, new byte[1]);
        List<Future<?>> writers = new ArrayList<>();
        for (int i = 1; i <= WRITERS; i++) {
            // Of different sizes, so that a rest of a longer one would show.
            byte[] content = new byte[i * 100_000];
            Arrays.fill(content, (byte) i);
            writers.add(threads.submit(times(ROUNDS, () -> DurableFiles.replace(file, content))));
        }
        int seen = 0;
        while (!writers.stream().allMatch(Future::isDone)) {
            assertWhole(Files.readAllBytes(file));
            seen++;
        }
        for (Future<?> writer : writers) {
            writer.get();
        }
        assertThat(seen).as("contents that were read").isPositive();
        assertWhole(Files.readAllBytes(file));
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    private static void assertWhole(byte[] content) {
        assertThat(content.length).isEqualTo(Math.max(1, content[0] * 100_000));
        for (byte each : content) {
            if (each != content[0]) {
                throw new AssertionError("The contents of two writers are mixed.");
            }
        }
    }

    @Test
    void secretIsAtNoMomentReadableByOthers() throws Exception {
        Path file = folder.resolve("secret");
        Path usual = Files.createFile(folder.resolve("usual"));
        assertThat(Files.getPosixFilePermissions(usual))
                .as("rights of any file; if they were the owner's alone this test could not fail")
                .contains(PosixFilePermission.GROUP_READ);
        Files.delete(usual);
        Future<?> writer = threads.submit(
                times(ROUNDS * 5, () -> DurableFiles.replace(file, new byte[10], DurableFiles.OWNER_ONLY)));
        Set<PosixFilePermission> seen = EnumSet.noneOf(PosixFilePermission.class);
        int fresh = 0;
        while (!writer.isDone()) {
            fresh += look(seen);
        }
        writer.get();
        assertThat(fresh).as("files that were seen before they had their name").isPositive();
        assertThat(PosixFilePermissions.toString(seen)).isEqualTo("rw-------");
    }

    private int look(Set<PosixFilePermission> seen) throws IOException {
        int fresh = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path each : files) {
                try {
                    seen.addAll(Files.getPosixFilePermissions(each));
                    fresh += each.endsWith("secret") ? 0 : 1;
                } catch (NoSuchFileException renamed) {
                    // Its writer has been quick.
                }
            }
        }
        return fresh;
    }

    private interface Write {
        void write() throws IOException;
    }

    private static Callable<Boolean> times(int rounds, Write write) {
        return () -> {
            for (int i = 0; i < rounds; i++) {
                write.write();
            }
            return true;
        };
    }
}
