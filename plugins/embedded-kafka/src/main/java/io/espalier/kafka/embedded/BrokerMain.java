package io.espalier.kafka.embedded;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Runs one {@link KRaftBroker} as a process.
 *
 * <p>Prints {@code READY <bootstrap.servers>} on standard output as soon as it serves clients, or
 * {@code FAILED <sentence>} and ends with code 1 (start) or 2 (command line). SIGTERM stops it in order and within
 * {@value #STOP_LIMIT_S} s. With {@code --until-stdin-closes} the end of standard input does the same: give it a pipe
 * and it never outlives the process that started it, however that one dies.
 */
public final class BrokerMain {
    /** The first word of the line that says that the broker serves clients; the address follows. */
    public static final String READY = "READY";

    /** The first word of the line that says why it does not start. */
    public static final String FAILED = "FAILED";

    private static final int STOP_LIMIT_S = 15;

    private BrokerMain() {}

    /** See the class; the arguments are {@value BrokerArguments#USAGE}. */
    public static void main(String[] arguments) {
        BrokerArguments parsed;
        try {
            parsed = BrokerArguments.parse(List.of(arguments));
        } catch (IllegalArgumentException e) {
            fail(2, e.getMessage());
            return;
        }
        CountDownLatch parentGone = new CountDownLatch(1);
        if (parsed.untilStdinCloses()) {
            watchStdin(parentGone);
        }
        run(parsed, parentGone);
    }

    /** The arguments of a process that runs this node until its standard input closes. */
    public static List<String> commandLine(BrokerSettings settings) {
        return new BrokerArguments(settings, true).toCommandLine();
    }

    private static void run(BrokerArguments arguments, CountDownLatch parentGone) {
        KRaftBroker broker;
        try {
            broker = KRaftBroker.start(arguments.settings());
        } catch (BrokerException e) {
            fail(1, e.getMessage());
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(broker), "kafka-broker-shutdown"));
        say(System.out, READY + " " + broker.bootstrapServers());
        awaitParentsEnd(parentGone);
        System.exit(0);
    }

    private static void stop(KRaftBroker broker) {
        try {
            broker.close(Duration.ofSeconds(STOP_LIMIT_S));
        } catch (BrokerException e) {
            say(System.err, e.getMessage());
        }
    }

    private static void watchStdin(CountDownLatch parentGone) {
        Thread watcher = new Thread(
                () -> {
                    drainStdin();
                    parentGone.countDown();
                    endIfStillStarting();
                },
                "kafka-broker-parent-watch");
        watcher.setDaemon(true);
        watcher.start();
    }

    /** The start may hang, for instance on a broken disk: the parent's end has to end this process then, too. */
    private static void endIfStillStarting() {
        try {
            Thread.sleep(Duration.ofSeconds(2L * STOP_LIMIT_S).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(1);
    }

    private static void drainStdin() {
        try {
            while (System.in.read() >= 0) {
                // The parent has nothing to say; only the end counts.
            }
        } catch (IOException e) {
            say(System.err, "Standard input cannot be read any more (" + e.getMessage() + "), so the parent is gone.");
        }
    }

    private static void awaitParentsEnd(CountDownLatch parentGone) {
        try {
            parentGone.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void fail(int code, @Nullable String sentence) {
        say(System.out, FAILED + " " + String.valueOf(sentence).replace('\n', ' '));
        System.exit(code);
    }

    private static void say(PrintStream to, @Nullable String line) {
        to.println(line);
        to.flush();
    }
}
