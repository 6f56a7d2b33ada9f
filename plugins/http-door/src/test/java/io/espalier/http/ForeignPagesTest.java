package io.espalier.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ForeignPagesTest {
    @Test
    void refusesPagesOfOtherSites() throws Exception {
        try (HttpDoor door = open()) {
            assertThat(ask(door, "127.0.0.1:" + door.port(), "https://evil.example"))
                    .contains(" 403 ", "FOREIGN_ORIGIN");
            assertThat(ask(door, "127.0.0.1:" + door.port(), "null")).contains(" 403 ", "FOREIGN_ORIGIN");
            assertThat(ask(door, "127.0.0.1:" + door.port(), "http://127.0.0.1:1"))
                    .contains(" 403 ");
        }
    }

    @Test
    void refusesANameThatWasReboundToThisMachine() throws Exception {
        try (HttpDoor door = open()) {
            assertThat(ask(door, "evil.example:" + door.port(), "")).contains(" 403 ", "FOREIGN_HOST");
        }
    }

    @Test
    void servesProgramsAndItsOwnPages() throws Exception {
        try (HttpDoor door = open()) {
            assertThat(ask(door, "127.0.0.1:" + door.port(), "")).contains(" 200 ");
            assertThat(ask(door, "localhost:" + door.port(), "")).contains(" 200 ");
            assertThat(ask(door, "[::1]:" + door.port(), "")).contains(" 200 ");
            assertThat(ask(door, "localhost:" + door.port(), "http://localhost:" + door.port()))
                    .contains(" 200 ");
        }
    }

    private static HttpDoor open() throws DoorException {
        return HttpDoor.open(DoorSettings.of("pages-door", "127.0.0.1", 0), router -> router.post("/x")
                .handler(ctx -> ctx.end("done")));
    }

    private static String ask(HttpDoor door, String host, String origin) throws IOException {
        String head = "POST /x HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\nContent-Length: 0\r\n"
                + (origin.isEmpty() ? "" : "Origin: " + origin + "\r\n") + "\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
