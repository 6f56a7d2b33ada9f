package io.espalier.collector.osgi;

import io.espalier.collector.Collector;
import io.espalier.collector.StreamStatus;
import io.espalier.collector.discovery.FileClaims;
import io.espalier.collector.generate.GeneratedLog;
import io.espalier.collector.http.HttpReportSender;
import io.espalier.collector.http.HttpStreamCreator;
import io.espalier.collector.http.SharedClient;
import io.espalier.collector.json.JsonCheckpointStore;
import io.espalier.collector.json.RefusedRecordFiles;
import io.espalier.collector.pipeline.PipelineParts;
import io.espalier.collector.send.StreamCreator;
import io.espalier.collector.settings.CollectorSettings;
import io.espalier.stream.stage.ReadLedger;
import io.espalier.stream.stage.StreamCounts;
import io.espalier.stream.stage.StreamStage;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link Collector} as configured under PID {@code stream.collector}.
 *
 * <p>Activation returns at once. Deactivation takes 8 s at most; see {@link SharedClient} for the one thread of the JDK that
 * ends a little later.
 */
@Component(
        immediate = true,
        configurationPid = "stream.collector",
        service = {StreamStage.class, ReadLedger.class, CollectorComponent.class})
@Designate(ocd = CollectorConfig.class)
public final class CollectorComponent implements StreamStage, ReadLedger {
    private static final Logger log = LoggerFactory.getLogger(CollectorComponent.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(6);
    private static final long ROTATE_BYTES = 4L << 20;
    private static final int KEPT_FILES = 2;

    private final SharedClient http;
    private final Collector collector;
    private final @Nullable GeneratedLog generated;

    /** Starts collecting. */
    @Activate
    public CollectorComponent(BundleContext context, CollectorConfig config) {
        this(config, context.getProperty("espalier.data"));
    }

    CollectorComponent(CollectorConfig config, @Nullable String platformData) {
        ConfigReader.Wishes wishes = new ConfigReader(config, platformData).read();
        CollectorSettings settings = wishes.settings();
        Duration timeout = settings.send().requestTimeout();
        http = new SharedClient(CONNECT_TIMEOUT);
        StreamCreator creator = config.create$_$streams()
                ? new HttpStreamCreator(http.client(), wishes.catalog(), List.of(config.terminals()), timeout)
                : StreamCreator.none();
        collector = new Collector(new PipelineParts(
                settings,
                new JsonCheckpointStore(wishes.dataFolder().resolve("checkpoints")),
                new RefusedRecordFiles(wishes.dataFolder().resolve("refused"), RefusedRecordFiles.DEFAULT_BOUND),
                new HttpReportSender(http.client(), wishes.gateway(), timeout),
                creator,
                new FileClaims()));
        generated = wishes.generatedStream()
                .map(stream -> new GeneratedLog(
                        wishes.generatedLog(),
                        config.generate$_$rate(),
                        ROTATE_BYTES,
                        KEPT_FILES,
                        file -> collector.isSettled(stream, file)))
                .orElse(null);
        collector.start();
        if (generated != null) {
            generated.start();
        }
        log.info(
                "Collector {} sends {} sources to {}.",
                settings.agentId(),
                settings.sources().size(),
                wishes.gateway());
    }

    /** Stops collecting within the limit. */
    @Deactivate
    public void deactivate() throws InterruptedException {
        try {
            if (generated != null && !generated.stop(Duration.ofSeconds(1))) {
                log.warn("The generated log's thread did not end within a second.");
            }
            boolean ended = collector.stop(STOP_LIMIT);
            log.info("The collector has stopped{}.", ended ? "" : ", but threads are left");
        } finally {
            http.close();
        }
    }

    /** How far every stream is. */
    List<StreamStatus> streams() {
        return collector.streams();
    }

    @Override
    public String name() {
        return collector.name();
    }

    @Override
    public List<StreamCounts> counts() {
        return collector.counts();
    }

    @Override
    public void stopReading() {
        collector.stopReading();
    }

    @Override
    public List<SourceRead> sources() {
        return collector.sources();
    }
}
