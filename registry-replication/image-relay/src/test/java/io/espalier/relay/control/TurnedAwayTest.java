package io.espalier.relay.control;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.espalier.http.DoorSettings;
import io.espalier.http.DoorTls;
import io.espalier.http.HttpDoor;
import io.espalier.relay.identity.NodeIdentity;
import io.espalier.relay.node.RecordingAuthority;
import io.espalier.relay.protocol.JoinRequest;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A node that was removed: the master's door ends each of its TLS handshakes, for weeks. */
@Timeout(60)
class TurnedAwayTest {
    private static final Path LEVELS = Path.of("../../platform-kernel/distribution/src/etc/log-levels.properties");
    private static final NodeId MASTER = new NodeId("master");
    private static final NodeId NODE = new NodeId("removed");

    @TempDir
    private Path folder;

    private final List<ILoggingEvent> log = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
                log.add(event);
            }
        }
    };

    @BeforeEach
    void listen() throws Exception {
        appender.start();
        logger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(appender);
        levels().forEach((logger, level) -> logger(logger.toString()).setLevel(Level.toLevel(level.toString())));
    }

    @AfterEach
    void rest() throws Exception {
        levels().keySet().forEach(logger -> logger(logger.toString()).setLevel(null));
        logger(org.slf4j.Logger.ROOT_LOGGER_NAME).detachAppender(appender);
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    /** Those that the product is delivered with. */
    private static Properties levels() throws Exception {
        Properties levels = new Properties();
        try (Reader reader = Files.newBufferedReader(LEVELS)) {
            levels.load(reader);
        }
        return levels;
    }

    private NodeIdentity enrolled(RecordingAuthority authority, NodeId node) throws Exception {
        NodeIdentity identity = NodeIdentity.open(folder.resolve(node.value()), node, Clock.systemUTC());
        JoinRequest request =
                new JoinRequest(authority.token().secret(), node, "localhost", 1, "", identity.signingRequest());
        identity.accept(node.equals(MASTER) ? authority.enrolMaster(request) : authority.join(request, "127.0.0.1"));
        return identity;
    }

    @Test
    void saysSoOnceHoweverOftenItTries() throws Exception {
        RecordingAuthority authority = new RecordingAuthority();
        NodeIdentity master = enrolled(authority, MASTER);
        NodeIdentity node = enrolled(authority, NODE);
        master.revoke(List.of(authority.serial(NODE).toString(16)));
        AtomicInteger turnedAway = new AtomicInteger();
        DoorSettings settings = DoorSettings.of("master", "127.0.0.1", 0)
                .withThreads(2, 1)
                .withTls(new DoorTls(master.keys(), master.trust(), false));
        try (HttpDoor door = HttpDoor.open(settings, router -> {});
                ControlClient client = ControlClient.start(
                        door.vertx(),
                        new MasterAddress("localhost", door.port(), false),
                        node,
                        () -> new NodeMessage.Hello(NODE, "1", "localhost", 1, "", List.of()),
                        new Counting(turnedAway),
                        new Retries(5, 5, 5))) {
            await("20 tries").atMost(Duration.ofSeconds(40)).until(() -> turnedAway.get() >= 20);
            assertThat(client.connected()).isFalse();
        }

        assertThat(log)
                .filteredOn(event -> requireNonNull(event.getThreadName()).contains("eventloop")
                        || event.getLoggerName().contains("relay"))
                .extracting(ILoggingEvent::getFormattedMessage)
                .singleElement()
                .asString()
                .contains("a node that was removed needs a new join token");
    }

    private record Counting(AtomicInteger tries) implements ControlListener {
        @Override
        public void received(MasterMessage message) {}

        @Override
        public void turnedAway() {
            tries.incrementAndGet();
        }
    }
}
