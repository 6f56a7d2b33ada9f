package io.espalier.collector.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.collector.settings.CollectorSettings;
import io.espalier.collector.settings.SendSettings;
import io.espalier.collector.settings.SourceSpec;
import io.espalier.collector.settings.StartAt;
import io.espalier.collector.settings.TailSettings;
import io.espalier.stream.id.StreamId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns a configuration into settings; finds everything that is wrong with it before it fails. */
final class ConfigReader {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private final CollectorConfig config;
    private final Path dataFolder;
    private final List<String> problems = new ArrayList<>();

    /** The data folder of the platform is the base of the collector's, unless that is configured. */
    ConfigReader(CollectorConfig config, @Nullable String platformData) {
        this.config = requireNonNull(config, "config is null");
        String configured = config.data$_$folder().trim();
        String platform = platformData == null || platformData.isBlank() ? "data" : platformData;
        this.dataFolder = configured.isEmpty() ? Path.of(platform, "collector") : Path.of(configured);
    }

    /** What the adapter needs. */
    record Wishes(
            CollectorSettings settings,
            Path dataFolder,
            URI gateway,
            URI catalog,
            Optional<StreamId> generatedStream,
            Path generatedLog) {}

    /**
     * Reads all of it.
     *
     * @throws IllegalArgumentException with a sentence for each problem
     */
    Wishes read() {
        Path generatedLog =
                dataFolder.toAbsolutePath().resolveSibling("generated").resolve("clock.log");
        Optional<StreamId> generated = generatedStream();
        List<SourceSpec> sources = sources();
        generated.ifPresent(stream -> sources.add(new SourceSpec(stream.toString(), generatedLog.toString())));
        @Nullable URI gateway = address("gateway", config.gateway());
        @Nullable URI catalog = address("catalog", config.catalog());
        @Nullable CollectorSettings settings = settings(sources);
        if (!problems.isEmpty() || settings == null || gateway == null || catalog == null) {
            throw new IllegalArgumentException("The configuration stream.collector has " + problems.size()
                    + " mistakes: " + String.join(" ", problems));
        }
        return new Wishes(settings, dataFolder, gateway, catalog, generated, generatedLog);
    }

    private @Nullable CollectorSettings settings(List<SourceSpec> sources) {
        @Nullable TailSettings tail = attempt(this::tail);
        @Nullable SendSettings send = attempt(this::send);
        return attempt(() -> new CollectorSettings(
                agentId(),
                sources,
                tail == null ? TailSettings.DEFAULT : tail,
                send == null ? SendSettings.DEFAULT : send,
                config.max$_$streams(),
                Duration.ofMillis(config.checkpoint$_$interval$_$ms())));
    }

    private TailSettings tail() {
        return new TailSettings(
                StartAt.parse(config.start$_$at()),
                config.max$_$record$_$bytes(),
                Duration.ofMillis(config.poll$_$ms()),
                Duration.ofMillis(config.watch$_$ms()),
                Duration.ofMillis(config.rescan$_$ms()),
                Duration.ofMillis(config.grace$_$ms()),
                config.max$_$files());
    }

    private SendSettings send() {
        return new SendSettings(
                config.batch$_$records(),
                config.batch$_$bytes(),
                Duration.ofMillis(config.linger$_$ms()),
                Duration.ofMillis(config.request$_$timeout$_$ms()),
                SendSettings.DEFAULT.retryBase(),
                SendSettings.DEFAULT.retryCap());
    }

    private List<SourceSpec> sources() {
        List<SourceSpec> specs = new ArrayList<>();
        for (String source : config.sources()) {
            if (!source.isBlank()) {
                @Nullable SourceSpec spec = attempt(() -> SourceSpec.parse(source));
                if (spec != null) {
                    specs.add(spec);
                }
            }
        }
        return specs;
    }

    private Optional<StreamId> generatedStream() {
        String text = config.generate$_$stream().trim();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (config.generate$_$rate() < 1) {
            problems.add("generate-rate is " + config.generate$_$rate() + "; use at least 1 line a second.");
        }
        return Optional.ofNullable(attempt(() -> StreamId.parse(text)));
    }

    private @Nullable URI address(String key, String text) {
        @Nullable URI uri = attempt(() -> URI.create(text.trim()));
        if (uri != null && (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme()))) {
            problems.add(key + " is '" + text + "'; write an address as http://127.0.0.1:8480.");
            return null;
        }
        return uri;
    }

    private <T> @Nullable T attempt(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private String agentId() {
        String configured = config.agent$_$id().trim();
        return configured.isEmpty() ? hostName() : configured;
    }

    /** From the kernel, because the network's answer may take long. */
    private static String hostName() {
        try {
            return SourceSpec.sanitise(Files.readString(HOST_NAME).trim());
        } catch (IOException e) {
            String fromEnvironment = System.getenv("HOSTNAME");
            return fromEnvironment == null ? "host" : SourceSpec.sanitise(fromEnvironment);
        }
    }
}
