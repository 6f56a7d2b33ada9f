package io.espalier.kafka.embedded;

import java.util.Properties;

/** Turns {@link BrokerSettings} into Kafka's {@code server.properties} for a small broker on one machine. */
final class ServerProperties {
    static final String CONTROLLER_LISTENER = "CONTROLLER";
    private static final String CLIENT_LISTENER = "CLIENT";
    private static final String HOST = "127.0.0.1";

    private ServerProperties() {}

    /** The properties; the ports of the settings must be chosen already. */
    static Properties of(BrokerSettings settings) {
        Properties properties = new Properties();
        addIdentity(properties, settings);
        addSmallness(properties);
        addSingleReplicas(properties);
        addPromptness(properties);
        properties.putAll(settings.properties());
        return properties;
    }

    static String bootstrap(int port) {
        return HOST + ":" + port;
    }

    private static void addIdentity(Properties to, BrokerSettings settings) {
        String client = CLIENT_LISTENER + "://" + bootstrap(settings.port());
        String controller = CONTROLLER_LISTENER + "://" + bootstrap(settings.controllerPort());
        to.setProperty("node.id", Integer.toString(settings.nodeId()));
        to.setProperty("log.dirs", settings.dataFolder().toAbsolutePath().toString());
        to.setProperty("process.roles", settings.isController() ? "broker,controller" : "broker");
        to.setProperty("listeners", settings.isController() ? client + "," + controller : client);
        to.setProperty("advertised.listeners", client);
        to.setProperty("inter.broker.listener.name", CLIENT_LISTENER);
        to.setProperty("controller.listener.names", CONTROLLER_LISTENER);
        to.setProperty(
                "listener.security.protocol.map", CLIENT_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
        // Voters from the configuration instead of from the log: the controller may come back on another port.
        to.setProperty("controller.quorum.voters", "1@" + bootstrap(settings.controllerPort()));
    }

    private static void addSmallness(Properties to) {
        to.setProperty("num.network.threads", "2");
        to.setProperty("num.io.threads", "2");
        to.setProperty("background.threads", "2");
        to.setProperty("num.replica.fetchers", "1");
        to.setProperty("num.recovery.threads.per.data.dir", "1");
        to.setProperty("group.coordinator.threads", "1");
        to.setProperty("share.coordinator.threads", "1");
        // Kafka keeps 128 MiB of heap for the cleaner unless told otherwise.
        to.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(2 << 20));
        to.setProperty("log.cleaner.io.buffer.size", Integer.toString(128 << 10));
        to.setProperty("log.segment.bytes", Integer.toString(64 << 20));
        to.setProperty("log.index.size.max.bytes", Integer.toString(1 << 20));
        // Requests wait in the socket, not in the heap, when the disk is slower than the network.
        to.setProperty("queued.max.request.bytes", Integer.toString(16 << 20));
        to.setProperty("socket.request.max.bytes", Integer.toString(16 << 20));
        to.setProperty("auto.create.topics.enable", "false");
    }

    private static void addSingleReplicas(Properties to) {
        to.setProperty("default.replication.factor", "1");
        to.setProperty("min.insync.replicas", "1");
        to.setProperty("offsets.topic.replication.factor", "1");
        to.setProperty("offsets.topic.num.partitions", "1");
        to.setProperty("transaction.state.log.replication.factor", "1");
        to.setProperty("transaction.state.log.min.isr", "1");
        to.setProperty("transaction.state.log.num.partitions", "1");
        to.setProperty("share.coordinator.state.topic.replication.factor", "1");
        to.setProperty("share.coordinator.state.topic.min.isr", "1");
        to.setProperty("share.coordinator.state.topic.num.partitions", "1");
    }

    private static void addPromptness(Properties to) {
        to.setProperty("group.initial.rebalance.delay.ms", "0");
        to.setProperty("server.max.startup.time.ms", "60000");
        // A killed broker cannot register again before its old session has ended.
        to.setProperty("broker.session.timeout.ms", "3000");
        to.setProperty("broker.heartbeat.interval.ms", "500");
        // The controller's heart beat into its own log, twice a second by default, is of no use to a single voter.
        to.setProperty("metadata.max.idle.interval.ms", "5000");
    }
}
