package io.espalier.kafka.supervisor;

import io.espalier.kafka.embedded.BrokerMain;
import io.espalier.kafka.embedded.BrokerSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a small broker: measured to be ready within 2 s and to take about 160 MiB. */
public final class BrokerCommand {
    private static final List<String> SMALL = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "-XX:+ExitOnOutOfMemoryError",
            // Each network thread would keep a direct buffer as large as the largest request it has seen.
            "-Djdk.nio.maxCachedBufferSize=262144",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS");

    private BrokerCommand() {}

    /**
     * The command for this JVM's own JDK.
     *
     * @param classPath the broker's jars, as the option {@code -cp} takes them
     * @param heapMegabytes the heap
     * @param moreOptions options of the JVM that win over the built-in ones
     */
    public static List<String> of(
            BrokerSettings settings, String classPath, int heapMegabytes, List<String> moreOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + heapMegabytes + "m");
        command.addAll(SMALL);
        command.addAll(moreOptions);
        command.addAll(List.of("-cp", classPath, BrokerMain.class.getName()));
        command.addAll(BrokerMain.commandLine(settings));
        return List.copyOf(command);
    }
}
