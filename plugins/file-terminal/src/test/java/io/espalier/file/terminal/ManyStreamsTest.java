package io.espalier.file.terminal;

import static io.espalier.file.terminal.Terminals.LARGE;
import static io.espalier.file.terminal.Terminals.NEVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.file.writer.WriterStatus.State;
import io.espalier.testkit.kafka.KafkaExtension;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a stream costs that has nothing to write; the figures of docs/file-terminal.md come from here. */
class ManyStreamsTest {
    private static final int STREAMS = 256;
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final Duration IDLE = Duration.ofSeconds(5);

    @RegisterExtension
    static final KafkaExtension KAFKA = KafkaExtension.inProcess();

    @RegisterExtension
    final Terminals terminals = new Terminals(STREAMS);

    @TempDir
    Path folder;

    @Test
    void idleStreamsCostOneThreadEachAndHardlyAnyTime() throws IOException {
        List<String> topics = new ArrayList<>();
        var directory = new FakeDirectory();
        for (int i = 0; i < STREAMS; i++) {
            topics.add(KAFKA.newTopic("many"));
            directory.add("many.streams.s" + i, topics.get(i), "file");
        }
        long heapBefore = usedHeap();
        FileTerminal terminal = terminals.start(folder, directory, KAFKA.clientProperties(), NEVER, LARGE);
        await("all streams are written")
                .atMost(LONG)
                .until(() -> terminal.writers().size() == STREAMS
                        && terminal.writers().stream()
                                .allMatch(writer -> writer.status().state() == State.WRITING));

        long before = cpuNanos();
        long started = System.nanoTime();
        await("some idle time").pollDelay(IDLE).atMost(LONG).until(() -> true);
        double share = (cpuNanos() - before) / (double) (System.nanoTime() - started);
        long heap = (usedHeap() - heapBefore) / STREAMS;
        System.out.printf(
                "file-terminal idle: streams=%d threads=%d cpu=%.4f of one core, heap=%d KB a stream%n",
                STREAMS, threads(), share, heap / 1024);

        assertThat(threads()).isLessThanOrEqualTo(STREAMS + 2);
        assertThat(share).as("share of one core").isLessThan(0.3);
        assertThat(heap).as("heap bytes a stream").isLessThan(1 << 20);

        try (Sender sender = new Sender(KAFKA.clientProperties(), "many.streams.s7", topics.get(7))) {
            sender.send(3);
        }
        assertThat(terminal.publishAll(LONG)).isTrue();
        Lines.assertEachSequenceOnce(Lines.below(folder), 3);
    }

    private static List<Thread> own() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains("file-terminal"))
                .toList();
    }

    private static int threads() {
        return own().size();
    }

    private static long cpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return own().stream()
                .mapToLong(thread -> threads.getThreadCpuTime(thread.getId()))
                .sum();
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
