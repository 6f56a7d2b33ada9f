package io.espalier.kafka.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KRaftBrokerTest {
    @Test
    void keepsRecordsAndAddressOverARestartOnTheSameFolder(@TempDir Path folder) throws Exception {
        BrokerSettings settings;
        try (KRaftBroker broker = KRaftBroker.start(BrokerSettings.inFolder(folder))) {
            settings = broker.settings();
            Records.createTopic(broker.bootstrapServers(), "kept");
            Records.write(broker.bootstrapServers(), "kept", "one", "two");
        }
        try (KRaftBroker again = KRaftBroker.start(settings)) {
            assertThat(again.bootstrapServers()).isEqualTo("127.0.0.1:" + settings.port());
            Records.write(again.bootstrapServers(), "kept", "three");
            assertThat(Records.read(again.bootstrapServers(), "kept", 3)).containsExactly("one", "two", "three");
        }
    }

    @Test
    void leavesNoThreadAndNoPortBehind(@TempDir Path folder) {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        KRaftBroker broker = KRaftBroker.start(BrokerSettings.inFolder(folder));
        broker.close();
        broker.close();
        assertThat(LoopbackPorts.isFree(broker.settings().port())).isTrue();
        assertThat(LoopbackPorts.isFree(broker.settings().controllerPort())).isTrue();
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(t -> !before.contains(t))
                        .map(Thread::getName)
                        // Two daemon threads of the metrics library belong to the JVM, not to one broker.
                        .filter(name -> !name.startsWith("metrics-meter-tick-thread"))
                        .collect(Collectors.toSet()))
                .isEmpty();
    }

    @Test
    void saysThatThePortIsTaken(@TempDir Path folder) throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            BrokerSettings settings = BrokerSettings.inFolder(folder).withPort(other.getLocalPort());
            assertThatThrownBy(() -> KRaftBroker.start(settings))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("port " + other.getLocalPort())
                    .hasMessageContaining("taken");
        }
    }

    @Test
    void saysThatTheFolderCannotBeUsed(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        assertThatThrownBy(() -> KRaftBroker.start(BrokerSettings.inFolder(file)))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void saysThatAPropertyIsWrong(@TempDir Path folder) {
        BrokerSettings settings = BrokerSettings.inFolder(folder).withProperty("num.io.threads", "many");
        assertThatThrownBy(() -> KRaftBroker.start(settings))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("num.io.threads");
    }
}
