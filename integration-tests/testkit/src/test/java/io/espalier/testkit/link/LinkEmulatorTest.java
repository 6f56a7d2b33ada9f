package io.espalier.testkit.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinkEmulatorTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** tcpmux: no system gives it to a program that asks for any port. */
    private static final int NOBODY_LISTENS = 1;

    private final EchoServer echo = new EchoServer();
    private final LinkEmulator link = LinkEmulator.to(echo.port());

    LinkEmulatorTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        link.close();
        echo.close();
    }

    @Test
    void passesEveryByteOfManyConnections() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            sockets.add(connect());
        }
        for (Socket socket : sockets) {
            byte[] sent = randomBytes(20_000);
            assertThat(roundTrip(socket, sent)).isEqualTo(sent);
        }
        assertThat(link.connections()).isEqualTo(50);
        for (Socket socket : sockets) {
            socket.close();
        }
        await().atMost(LIMIT).until(() -> link.connections() == 0);
    }

    @Test
    void passesTheEndOfTheStreamOn() throws Exception {
        try (Socket socket = connect()) {
            link.toTarget().delay(Duration.ofMillis(50));
            socket.getOutputStream().write(randomBytes(10));
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).hasSize(10);
        }
    }

    @Test
    void delaysEachDirectionByItsOwnTime() throws Exception {
        try (Socket socket = connect()) {
            link.toTarget().delay(Duration.ofMillis(100));
            link.toClient().delay(Duration.ofMillis(50));
            assertThat(medianRoundTripMillis(socket)).isBetween(149L, 190L);
            link.heal();
            assertThat(medianRoundTripMillis(socket)).isLessThan(40L);
        }
    }

    @Test
    void boundsTheRateWithinTenPercent() throws Exception {
        try (Socket socket = connect()) {
            link.toTarget().rate(1_000_000);
            assertThat(secondsFor(socket, 1_500_000)).isBetween(1.35, 1.65);
        }
    }

    @Test
    void boundsTheRateOfAllConnectionsTogether() throws Exception {
        try (Socket one = connect();
                Socket two = connect()) {
            link.toTarget().rate(1_000_000);
            Thread other = new Thread(() -> write(two, 750_000), "other-sender");
            long start = System.nanoTime();
            other.start();
            write(one, 750_000);
            await().atMost(LIMIT).until(() -> echo.received() == 1_500_000);
            assertThat((System.nanoTime() - start) / 1e9).isBetween(1.3, 1.8);
            other.join(LIMIT.toMillis());
        }
    }

    @Test
    void cutsWithAResetAndTakesNewConnections() throws Exception {
        try (Socket socket = connect()) {
            roundTrip(socket, randomBytes(1));
            link.cut();
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        try (Socket again = connect()) {
            assertThat(roundTrip(again, new byte[] {7})).containsExactly(7);
        }
    }

    @Test
    void refusesNewConnectionsAndKeepsOpenOnes() throws Exception {
        try (Socket socket = connect()) {
            roundTrip(socket, randomBytes(1));
            link.refuse();
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            assertThat(roundTrip(socket, new byte[] {1})).containsExactly(1);
            link.accept();
            connect().close();
        }
    }

    @Test
    void freezesWithoutLossAndWithoutClosing() throws Exception {
        try (Socket socket = connect()) {
            roundTrip(socket, randomBytes(1));
            link.toClient().freeze();
            socket.getOutputStream().write(new byte[] {1, 2, 3});
            socket.setSoTimeout(200);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            link.heal();
            socket.setSoTimeout((int) LIMIT.toMillis());
            assertThat(socket.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
        }
    }

    @Test
    void swallowsWithoutClosing() throws Exception {
        link.toTarget().swallow();
        try (Socket socket = connect()) {
            byte[] sent = randomBytes(100_000);
            socket.getOutputStream().write(sent);
            await().atMost(LIMIT).until(() -> link.toTarget().bytes() == sent.length);
            assertThat(echo.received()).isZero();
            link.heal();
            assertThat(roundTrip(socket, new byte[] {9})).containsExactly(9);
        }
    }

    @Test
    void flipsExactlyOneBitAtTheOffset() throws Exception {
        try (Socket socket = connect()) {
            roundTrip(socket, randomBytes(10));
            link.toTarget().corruptAt(70_000);
            byte[] sent = randomBytes(200_000);
            assertThat(flippedBits(sent, roundTrip(socket, sent))).containsExactly(70_000);
            assertThat(flippedBits(sent, roundTrip(socket, sent))).isEmpty();
            assertThat(link.toTarget().flips()).isEqualTo(1);
        }
    }

    @Test
    void flipsOneBitOfEveryNthByte() throws Exception {
        try (Socket socket = connect()) {
            link.toClient().corruptEvery(30_000);
            byte[] sent = randomBytes(100_000);
            assertThat(flippedBits(sent, roundTrip(socket, sent))).containsExactly(29_999, 59_999, 89_999);
        }
    }

    @Test
    void holdsABoundedNumberOfBytes() throws Exception {
        int capacity = 256 << 10;
        try (LinkEmulator narrow = LinkEmulator.to(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), echo.port()), capacity);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), narrow.port())) {
            narrow.toTarget().delay(Duration.ofHours(1));
            Thread sender = new Thread(() -> write(socket, 64 << 20), "endless-sender");
            sender.start();
            await().atMost(LIMIT).until(() -> narrow.toTarget().bytes() >= capacity);
            await().during(Duration.ofMillis(300))
                    .atMost(LIMIT)
                    .until(() -> narrow.toTarget().bytes() < capacity + (64 << 10));
            narrow.cut();
            sender.join(LIMIT.toMillis());
            assertThat(sender.isAlive()).isFalse();
        }
    }

    @Test
    void resetsEachClientWhenNothingListensAtTheTarget() {
        try (LinkEmulator nowhere = LinkEmulator.to(NOBODY_LISTENS)) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> readFrom(nowhere)).isInstanceOf(SocketException.class);
            }
        }
    }

    @Test
    void endsItsThreadOnClose() {
        String name = "link-" + link.port();
        assertThat(threadNames()).anyMatch(n -> n.startsWith(name));
        link.close();
        assertThat(threadNames()).noneMatch(n -> n.startsWith(name));
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), link.port());
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static void readFrom(LinkEmulator from) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), from.port())) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.getInputStream().read();
        }
    }

    private static byte[] roundTrip(Socket socket, byte[] bytes) throws Exception {
        Thread sender = new Thread(() -> write(socket, bytes), "sender");
        sender.start();
        byte[] back = socket.getInputStream().readNBytes(bytes.length);
        sender.join(LIMIT.toMillis());
        return back;
    }

    private static void write(Socket socket, int count) {
        write(socket, new byte[count]);
    }

    private static void write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException cut) {
            // The reader of the test notices.
        }
    }

    private double secondsFor(Socket socket, int count) throws Exception {
        long start = System.nanoTime();
        assertThat(roundTrip(socket, new byte[count])).hasSize(count);
        return (System.nanoTime() - start) / 1e9;
    }

    /** The median of a few: one late wake-up on a loaded machine must not decide. */
    private static long medianRoundTripMillis(Socket socket) throws Exception {
        long[] millis = new long[7];
        for (int i = 0; i < millis.length; i++) {
            long start = System.nanoTime();
            roundTrip(socket, new byte[] {1});
            millis[i] = (System.nanoTime() - start) / 1_000_000;
        }
        Arrays.sort(millis);
        return millis[millis.length / 2];
    }

    private static List<Integer> flippedBits(byte[] sent, byte[] received) {
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < sent.length; i++) {
            for (int bit = 0; bit < Integer.bitCount((sent[i] ^ received[i]) & 0xff); bit++) {
                positions.add(i);
            }
        }
        return positions;
    }

    private static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private static List<String> threadNames() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }
}
