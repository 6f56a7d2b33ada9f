package io.espalier.testkit.kafka;

import io.espalier.kafka.embedded.BrokerSettings;
import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.testkit.files.Folders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Kafka cluster of one to three brokers, each in a JVM of its own; the first one is the controller, too.
 *
 * <p>As an extension it starts before the tests of the class and ends after them; a test that kills a broker starts it
 * again. Used without JUnit: {@link #start} and {@link #close}. Killing broker 1 takes the controller away: the others go
 * on serving what they lead, but nobody is elected until it is back.
 */
public final class ChildBrokers implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
    private static final int MOST = 3;

    private final Path folder = Folders.createTemporary("kafka-cluster-");
    private final List<BrokerProcess> brokers;

    ChildBrokers(int count) {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("count is " + count + "; it must be from 1 to " + MOST);
        }
        List<Integer> ports = new ArrayList<>(LoopbackPorts.free(count + 1));
        int controllerPort = ports.get(count);
        this.brokers = IntStream.rangeClosed(1, count)
                .mapToObj(id -> BrokerSettings.inFolder(folder.resolve("broker-" + id))
                        .withPort(ports.get(id - 1))
                        .asNode(id, controllerPort))
                .map(BrokerProcess::of)
                .toList();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        start();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    /** Starts all brokers and waits until they serve. */
    public void start() {
        brokers.forEach(BrokerProcess::launch);
        brokers.forEach(BrokerProcess::awaitReady);
    }

    /** Broker {@code id}, counted from 1; broker 1 is the controller. */
    public BrokerProcess broker(int id) {
        return brokers.get(id - 1);
    }

    /** The value for {@code bootstrap.servers}: all brokers. */
    public String bootstrapServers() {
        return brokers.stream().map(BrokerProcess::bootstrapServers).collect(Collectors.joining(","));
    }

    /** Creates, fills and reads topics of this cluster. */
    public Topics topics() {
        return new Topics(bootstrapServers());
    }

    /** Ends all brokers, the controller last, and deletes their data. */
    @Override
    public void close() {
        for (int i = brokers.size() - 1; i >= 0; i--) {
            brokers.get(i).close();
        }
        Folders.delete(folder);
    }
}
