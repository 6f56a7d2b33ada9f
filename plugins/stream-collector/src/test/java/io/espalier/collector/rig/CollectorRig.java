package io.espalier.collector.rig;

import io.espalier.collector.Collector;
import io.espalier.collector.checkpoint.CheckpointStore;
import io.espalier.collector.discovery.FileClaims;
import io.espalier.collector.http.HttpReportSender;
import io.espalier.collector.http.HttpStreamCreator;
import io.espalier.collector.http.SharedClient;
import io.espalier.collector.json.JsonCheckpointStore;
import io.espalier.collector.json.RefusedRecordFiles;
import io.espalier.collector.pipeline.PipelineParts;
import io.espalier.collector.settings.CollectorSettings;
import io.espalier.collector.settings.SendSettings;
import io.espalier.collector.settings.SourceSpec;
import io.espalier.collector.settings.StartAt;
import io.espalier.collector.settings.TailSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A collector with short times, whose data folder and sources a test chooses; started anew on the same data it resumes. */
public final class CollectorRig implements AutoCloseable {
    public static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private final SharedClient http = new SharedClient(Duration.ofSeconds(2));
    private final Collector collector;

    private CollectorRig(Wishes wishes) {
        CollectorSettings settings = new CollectorSettings(
                "agent", wishes.sources(), wishes.tail(), wishes.send(), wishes.maxStreams(), Duration.ofMillis(20));
        collector = new Collector(new PipelineParts(
                settings,
                wishes.store(),
                new RefusedRecordFiles(wishes.data().resolve("refused"), RefusedRecordFiles.DEFAULT_BOUND),
                new HttpReportSender(
                        http.client(), wishes.gateway(), wishes.send().requestTimeout()),
                new HttpStreamCreator(
                        http.client(),
                        wishes.gateway(),
                        List.of("file"),
                        wishes.send().requestTimeout()),
                new FileClaims()));
        collector.start();
    }

    /** What a test may choose. */
    public record Wishes(
            URI gateway,
            Path data,
            CheckpointStore store,
            List<SourceSpec> sources,
            TailSettings tail,
            SendSettings send,
            int maxStreams) {

        public Wishes startAt(StartAt startAt) {
            return with(tail(startAt, tail.maxRecordBytes(), tail.grace()));
        }

        public Wishes maxRecordBytes(int bytes) {
            return with(tail(tail.startAt(), bytes, tail.grace()));
        }

        public Wishes grace(Duration grace) {
            return with(tail(tail.startAt(), tail.maxRecordBytes(), grace));
        }

        public Wishes with(TailSettings newTail) {
            return new Wishes(gateway, data, store, sources, newTail, send, maxStreams);
        }

        public Wishes with(SendSettings newSend) {
            return new Wishes(gateway, data, store, sources, tail, newSend, maxStreams);
        }

        public Wishes with(CheckpointStore newStore) {
            return new Wishes(gateway, data, newStore, sources, tail, send, maxStreams);
        }

        public Wishes atMostStreams(int streams) {
            return new Wishes(gateway, data, store, sources, tail, send, streams);
        }

        public CollectorRig start() {
            return new CollectorRig(this);
        }
    }

    public static Wishes on(URI gateway, Path data, String... sources) {
        return new Wishes(
                gateway,
                data,
                new JsonCheckpointStore(data.resolve("checkpoints")),
                Stream.of(sources).map(SourceSpec::parse).toList(),
                tail(StartAt.BEGINNING, 256 * 1024, Duration.ofMillis(100)),
                new SendSettings(
                        1000,
                        256 * 1024,
                        Duration.ofMillis(5),
                        Duration.ofSeconds(5),
                        Duration.ofMillis(5),
                        Duration.ofMillis(50)),
                256);
    }

    private static TailSettings tail(StartAt startAt, int maxRecordBytes, Duration grace) {
        return new TailSettings(
                startAt,
                maxRecordBytes,
                Duration.ofMillis(2),
                Duration.ofMillis(5),
                Duration.ofMillis(20),
                grace,
                4096);
    }

    public Collector collector() {
        return collector;
    }

    @Override
    public void close() throws InterruptedException {
        boolean ended = collector.stop(STOP_LIMIT);
        http.close();
        if (!ended) {
            throw new IllegalStateException("The collector did not stop within " + STOP_LIMIT + ".");
        }
    }
}
