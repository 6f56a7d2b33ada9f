package io.espalier.conformance.host;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * What a door answered. The JDK's old client asks, over a connection of its own each time: it leaves no thread.
 *
 * @param status of HTTP
 * @param body the text
 */
public record HttpAnswer(int status, String body) {
    private static final int LIMIT_MILLIS = 60_000;

    public static HttpAnswer get(String address) throws IOException {
        return read(connect(address));
    }

    public static HttpAnswer post(String address, String mediaType, String body) throws IOException {
        HttpURLConnection connection = connect(address);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", mediaType);
        connection.setDoOutput(true);
        connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        return read(connection);
    }

    private static HttpURLConnection connect(String address) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(address).toURL().openConnection();
        connection.setRequestProperty("Connection", "close");
        connection.setConnectTimeout(LIMIT_MILLIS);
        connection.setReadTimeout(LIMIT_MILLIS);
        return connection;
    }

    private static HttpAnswer read(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new HttpAnswer(status, body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
