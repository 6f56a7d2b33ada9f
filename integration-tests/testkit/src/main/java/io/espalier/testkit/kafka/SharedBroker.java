package io.espalier.testkit.kafka;

import io.espalier.kafka.embedded.BrokerSettings;
import io.espalier.kafka.embedded.KRaftBroker;
import io.espalier.testkit.files.Folders;
import java.nio.file.Path;

/** One broker with its data in a folder that goes with it; JUnit closes it with the store that holds it. */
final class SharedBroker implements AutoCloseable {
    private final Path folder;
    private final KRaftBroker broker;

    private SharedBroker(Path folder, KRaftBroker broker) {
        this.folder = folder;
        this.broker = broker;
    }

    static SharedBroker start() {
        Path folder = Folders.createTemporary("kafka-");
        return new SharedBroker(folder, KRaftBroker.start(BrokerSettings.inFolder(folder)));
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    @Override
    public void close() {
        broker.close();
        Folders.delete(folder);
    }
}
