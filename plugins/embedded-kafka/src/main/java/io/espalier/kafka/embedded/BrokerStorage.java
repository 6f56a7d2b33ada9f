package io.espalier.kafka.embedded;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.metadata.storage.Formatter;

/** Formats the folder of a node as {@code kafka-storage.sh format} does, and leaves a formatted one alone. */
final class BrokerStorage {
    /** All nodes of a cluster have to agree on it; the folders say which of them belong together. */
    private static final String CLUSTER_ID = "ZXNwYWxpZXItbWFpbi0wMQ";

    private BrokerStorage() {}

    static void formatIfNeeded(BrokerSettings settings) {
        Path folder = settings.dataFolder();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            Files.createDirectories(folder);
            new Formatter()
                    .setNodeId(settings.nodeId())
                    .setClusterId(CLUSTER_ID)
                    .addDirectory(folder.toAbsolutePath().toString())
                    .setMetadataLogDirectory(folder.toAbsolutePath().toString())
                    .setControllerListenerName(ServerProperties.CONTROLLER_LISTENER)
                    .setHasDynamicQuorum(false)
                    .setIgnoreFormatted(true)
                    .setPrintStream(out)
                    .run();
        } catch (Exception e) {
            throw new BrokerException(
                    "Tried to prepare the folder " + folder + " for a Kafka broker but " + reason(e, said)
                            + "; choose a folder that is empty or belongs to this broker and can be written.",
                    e);
        }
    }

    private static String reason(Exception e, ByteArrayOutputStream said) {
        String output = said.toString(StandardCharsets.UTF_8).strip();
        return output.isEmpty() ? "got: " + e : "got: " + e + " (" + output + ")";
    }
}
