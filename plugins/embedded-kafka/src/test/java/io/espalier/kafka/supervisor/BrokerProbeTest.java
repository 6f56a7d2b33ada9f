package io.espalier.kafka.supervisor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.kafka.embedded.LoopbackPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BrokerProbeTest {
    private static final Duration LIMIT = Duration.ofMillis(500);

    @Test
    void saysThatNothingListens() throws IOException {
        BrokerProbe probe = new BrokerProbe("127.0.0.1:" + LoopbackPorts.free(), LIMIT);
        assertThatThrownBy(probe::ask).isInstanceOf(IOException.class).hasMessageContaining("refused");
    }

    @Test
    void waitsNoLongerThanItsLimitForOneThatListensAndIsSilent() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            BrokerProbe probe = new BrokerProbe("127.0.0.1:" + silent.getLocalPort(), LIMIT);
            assertThatThrownBy(probe::ask).isInstanceOf(IOException.class).hasMessage("no answer within 500 ms");
        }
    }

    @Test
    void takesOtherServersForNoBroker() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> answer(other), "not-a-broker");
            answering.start();
            BrokerProbe probe = new BrokerProbe("127.0.0.1:" + other.getLocalPort(), Duration.ofSeconds(20));
            assertThatThrownBy(probe::ask).isInstanceOf(IOException.class).hasMessageContaining("does not speak Kafka");
            answering.join();
        }
    }

    @Test
    void saysThatAnAddressIsNone() {
        BrokerProbe probe = new BrokerProbe("here", LIMIT);
        assertThatThrownBy(probe::ask).isInstanceOf(IOException.class).hasMessage("'here' is not host:port");
    }

    private static void answer(ServerSocket server) {
        try (Socket client = server.accept()) {
            client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
            client.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
