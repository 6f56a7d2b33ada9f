package io.espalier.file.osgi;

import io.espalier.file.kafka.KafkaInput;
import io.espalier.file.terminal.FileTerminal;
import io.espalier.file.writer.StreamWriter;
import io.espalier.file.writer.WriterSettings;
import io.espalier.stream.catalog.StreamDirectory;
import io.espalier.stream.cluster.KafkaCluster;
import io.espalier.stream.stage.StreamCounts;
import io.espalier.stream.stage.StreamStage;
import io.espalier.stream.stage.WrittenFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/** Runs the file terminal as long as there are a catalog and a Kafka cluster. A changed configuration starts it anew. */
@Component(
        service = {StreamStage.class, WrittenFiles.class, FileTerminalComponent.class},
        configurationPid = FileTerminalConfiguration.PID,
        immediate = true)
@Designate(ocd = FileTerminalConfiguration.class)
public final class FileTerminalComponent implements StreamStage, WrittenFiles {
    private final KafkaInput input;
    private final FileTerminal terminal;
    private final Duration stopLimit;

    @Activate
    public FileTerminalComponent(
            BundleContext context,
            FileTerminalConfiguration configuration,
            @Reference StreamDirectory directory,
            @Reference KafkaCluster cluster) {
        stopLimit = Duration.ofSeconds(configuration.stop$_$seconds());
        input = new KafkaInput(cluster.clientProperties(), configuration.fetch$_$bytes());
        terminal = new FileTerminal(
                folder(configuration.folder(), context.getProperty("espalier.data")),
                WriterSettings.rollingAt(
                        Duration.ofSeconds(configuration.roll$_$seconds()), configuration.roll$_$bytes()),
                configuration.max$_$streams(),
                directory,
                input,
                KafkaConsumer.class.getClassLoader());
        terminal.start();
    }

    /** The framework answers null for a property that is not set. */
    @SuppressWarnings("NullAway")
    static Path folder(String configured, String data) {
        if (!configured.isBlank()) {
            return Path.of(configured);
        }
        return Path.of(data == null ? "data" : data, "files");
    }

    @Deactivate
    void deactivate() throws InterruptedException {
        try {
            terminal.close(stopLimit);
        } finally {
            input.close();
        }
    }

    List<StreamWriter> writers() {
        return terminal.writers();
    }

    @Override
    public String name() {
        return terminal.name();
    }

    @Override
    public List<StreamCounts> counts() {
        return terminal.counts();
    }

    @Override
    public boolean publishAll(Duration limit) throws IOException {
        return terminal.publishAll(limit);
    }

    @Override
    public OptionalLong latencyMillis(double percentile) {
        return terminal.latencyMillis(percentile);
    }

    @Override
    public Path folder() {
        return terminal.folder();
    }
}
