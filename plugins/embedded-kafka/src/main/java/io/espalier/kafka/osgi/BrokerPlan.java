package io.espalier.kafka.osgi;

import io.espalier.kafka.embedded.BrokerSettings;
import io.espalier.kafka.supervisor.BrokerCommand;
import io.espalier.kafka.supervisor.SupervisorSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Turns the configuration and the framework's properties into what the supervisor runs. */
final class BrokerPlan {
    private BrokerPlan() {}

    /**
     * @param property reads a property of the framework; answers the empty text for one that is not set
     * @throws IllegalArgumentException with a sentence, when a broker property is not name=value
     */
    static SupervisorSettings of(EmbeddedKafkaConfiguration configuration, UnaryOperator<String> property) {
        Path home = Path.of(orElse(property.apply("espalier.home"), "."));
        Path data = Path.of(orElse(property.apply("espalier.data"), "data"));
        Path log = Path.of(
                orElse(property.apply("espalier.log"), data.resolve("log").toString()));
        Path folder = configuration.folder().isBlank() ? data.resolve("kafka") : Path.of(configuration.folder());
        Path libraries =
                configuration.libraries().isBlank() ? home.resolve("lib/kafka") : Path.of(configuration.libraries());
        List<String> command = BrokerCommand.of(
                settings(configuration, folder.toAbsolutePath()),
                libraries.toAbsolutePath() + "/*",
                configuration.heap$_$megabytes(),
                words(configuration.jvm$_$options()));
        return SupervisorSettings.of(
                command,
                "127.0.0.1:" + configuration.port(),
                log.resolve("kafka.log"),
                Duration.ofSeconds(configuration.stop$_$seconds()));
    }

    private static BrokerSettings settings(EmbeddedKafkaConfiguration configuration, Path folder) {
        BrokerSettings settings = BrokerSettings.inFolder(folder).withPort(configuration.port());
        for (String each : configuration.broker$_$properties()) {
            if (each.isBlank()) {
                continue;
            }
            int at = each.indexOf('=');
            if (at < 1) {
                throw new IllegalArgumentException("Tried to read broker-properties but '" + each
                        + "' is not name=value; write it as in num.io.threads=4.");
            }
            settings = settings.withProperty(
                    each.substring(0, at).strip(), each.substring(at + 1).strip());
        }
        return settings;
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.strip().split("\\s+"))
                .filter(w -> !w.isEmpty())
                .toList();
    }

    private static String orElse(String value, String other) {
        return value.isBlank() ? other : value;
    }
}
