package io.espalier.conformance.host;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.management.ObjectName;

/**
 * What a host and its plug-ins can leave in this process.
 *
 * @param threads live threads
 * @param ports TCP ports that this process listens on, as Linux writes them; empty on other systems
 * @param beans names of the platform's MBeans
 */
public record Traces(Set<Thread> threads, Set<String> ports, Set<ObjectName> beans) {
    /** Threads that the JDK makes once for everybody, at its own time; the test's that waits; Felix's that outlive it. */
    private static final List<String> OF_OTHERS = List.of(
            "awaitility",
            "FelixResolver-",
            "process reaper",
            "Common-Cleaner",
            "CompletableFutureDelayScheduler",
            "ForkJoinPool.commonPool-worker-",
            "Attach Listener");

    private static final String LISTENING = "0A";

    public static Traces now() {
        try {
            return new Traces(
                    threadsNow(),
                    portsNow(),
                    ManagementFactory.getPlatformMBeanServer().queryNames(null, null));
        } catch (IOException e) {
            throw new AssertionError("The ports of this process cannot be read.", e);
        }
    }

    /** What is there now and was not then; empty when nothing is left. */
    public Set<String> leftSince() {
        Traces now = now();
        Set<String> left = new TreeSet<>();
        now.threads.stream()
                .filter(thread -> !threads.contains(thread))
                .forEach(t -> left.add("thread " + t.getName()));
        now.ports.stream().filter(port -> !ports.contains(port)).forEach(port -> left.add("port " + port));
        now.beans.stream().filter(bean -> !beans.contains(bean)).forEach(bean -> left.add("MBean " + bean));
        return left;
    }

    /** The threads by name, numbers left out: a plug-in that starts again numbers on. */
    public static Map<String, Integer> threadCounts() {
        Map<String, Integer> counts = new TreeMap<>();
        for (Thread thread : threadsNow()) {
            counts.merge(thread.getName().replaceAll("[0-9]+", "N"), 1, Integer::sum);
        }
        return counts;
    }

    private static Set<Thread> threadsNow() {
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeIf(thread -> OF_OTHERS.stream().anyMatch(thread.getName()::startsWith));
        return threads;
    }

    private static Set<String> portsNow() throws IOException {
        Set<String> own = ownSockets();
        Set<String> ports = new TreeSet<>();
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            Path file = Path.of(table);
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                String[] words = line.strip().split("\\s+", -1);
                if (words.length > 9 && words[3].equals(LISTENING) && own.contains("socket:[" + words[9] + "]")) {
                    ports.add(
                            Integer.toString(Integer.parseInt(words[1].substring(words[1].lastIndexOf(':') + 1), 16)));
                }
            }
        }
        return ports;
    }

    private static Set<String> ownSockets() throws IOException {
        Set<String> sockets = new HashSet<>();
        Path folder = Path.of("/proc/self/fd");
        if (!Files.exists(folder)) {
            return sockets;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                try {
                    sockets.add(Files.readSymbolicLink(file).toString());
                } catch (NoSuchFileException closedMeanwhile) {
                    // It listens no longer.
                }
            }
        }
        return sockets;
    }
}
