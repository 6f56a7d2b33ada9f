package io.espalier.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The two kinds of readiness that are compared, both asked over a bare socket so that the asking costs the same. */
final class Doors {
    private Doors() {}

    static boolean answers200(int port, String path) {
        try (Socket socket = connect(port)) {
            socket.setSoTimeout(5_000);
            ask(socket, path);
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(12), StandardCharsets.US_ASCII).endsWith(" 200");
        } catch (IOException notYet) {
            return false;
        }
    }

    /** What a GET answers with, head included. */
    static String body(int port, String path) throws IOException {
        try (Socket socket = connect(port)) {
            socket.setSoTimeout(5_000);
            ask(socket, path);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void ask(Socket socket, String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    static boolean accepts(int port) {
        try (Socket socket = connect(port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
