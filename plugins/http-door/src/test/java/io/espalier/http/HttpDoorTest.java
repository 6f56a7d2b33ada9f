package io.espalier.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class HttpDoorTest {
    private static final JsonBody JSON = new JsonBody(10_000);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static @Nullable HttpDoor door;

    record Item(String name, int size, @Nullable List<Item> parts) {
        Item {
            if (size < 0) {
                throw new IllegalArgumentException("size is " + size + "; it is never negative.");
            }
        }
    }

    @BeforeAll
    static void open() throws DoorException {
        door = HttpDoor.open(DoorSettings.of("test-door", "127.0.0.1", 0).withMaxBodyBytes(5000), HttpDoorTest::routes);
    }

    @AfterAll
    static void close() {
        opened().close();
    }

    private static void routes(Router router) {
        router.post("/v1/items").handler(ctx -> JSON.answer(ctx, 201, JSON.read(ctx, Item.class)));
        router.get("/v1/items/:id").handler(ctx -> {
            throw new HttpFault(429, "QUEUE_FULL", "Wait.").header("Retry-After", "2");
        });
        router.delete("/v1/items/:id")
                .blockingHandler(ctx -> ctx.fail(new HttpFault(409, "BUSY", "Try later.")), false);
        router.get("/v1/broken").handler(ctx -> {
            throw new IllegalStateException("secret of the house");
        });
    }

    @Test
    void answersWhatAHandlerReadAndWrote() throws Exception {
        HttpResponse<String> answer = post("{\"name\":\"ä\",\"size\":1,\"parts\":[]}");
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.body()).isEqualTo("{\"name\":\"ä\",\"size\":1,\"parts\":[]}");
    }

    @Test
    void givesTheStatusCodeAndHeadersThatAHandlerFailsWith() throws Exception {
        HttpResponse<String> answer = send("GET", "/v1/items/7", null, "");
        assertFault(answer, 429, "QUEUE_FULL", "Wait.");
        assertThat(answer.headers().firstValue("Retry-After")).contains("2");
        assertFault(send("DELETE", "/v1/items/7", null, ""), 409, "BUSY", "Try later.");
    }

    @Test
    void refusesJsonThatIsMalformedAndSaysWhere() throws Exception {
        assertFault(post("{\"name\":\n  }"), 400, "MALFORMED_JSON", "at line 2, column");
        assertFault(post("{\"name\":\"x\",\"size\":1} x"), 400, "MALFORMED_JSON", "at line 1, column");
        assertFault(post("{\"name\":\"x\",\"name\":\"y\",\"size\":1}"), 400, "MALFORMED_JSON", "Duplicate");
        assertFault(post("[".repeat(2000)), 400, "MALFORMED_JSON", "at line 1");
        assertFault(post("\u0000"), 400, "MALFORMED_JSON", "at line 1");
        assertFault(post(""), 400, "EMPTY_BODY", "no body");
        assertFault(post("null"), 400, "WRONG_FIELD", "null");
    }

    @Test
    void refusesFieldsThatAreUnknownOrOfAnotherType() throws Exception {
        assertFault(
                post("{\"nam\":\"x\",\"size\":1}"),
                400,
                "WRONG_FIELD",
                "'nam' is not known; known are name, parts, size");
        assertFault(post("{\"name\":\"x\",\"size\":\"1x\"}"), 400, "WRONG_FIELD", "'size'");
        assertFault(post("{\"name\":\"x\",\"size\":1.5}"), 400, "WRONG_FIELD", "'size'");
        assertFault(post("{\"name\":\"x\",\"size\":99999999999}"), 400, "WRONG_FIELD", "out of range at line 1");
        assertFault(post("{\"name\":\"x\",\"size\":null}"), 400, "WRONG_FIELD", "'size'");
        assertFault(
                post("{\"name\":\"x\",\"size\":1,\"parts\":[{\"size\":true}]}"), 400, "WRONG_FIELD", "'parts[0].size'");
        assertFault(post("[1]"), 400, "MALFORMED_JSON", "line 1");
        assertFault(post("{\"name\":\"x\",\"size\":-1}"), 400, "WRONG_FIELD", "size is -1; it is never negative.");
        assertThat(post("{\"nam\":\"x\",\"size\":1}").body())
                .doesNotContain("espalier")
                .doesNotContain("jackson");
        assertThat(post("[1]").body()).doesNotContain("espalier").doesNotContain("java.");
    }

    @Test
    void refusesAnotherMediaType() throws Exception {
        assertFault(
                send("POST", "/v1/items", "text/xml; charset=utf-8", "<a/>"),
                415,
                "UNSUPPORTED_MEDIA_TYPE",
                "'text/xml'");
        assertFault(send("POST", "/v1/items", null, "{}"), 415, "UNSUPPORTED_MEDIA_TYPE", "no Content-Type");
    }

    @Test
    void refusesUnknownPathsAndMethods() throws Exception {
        assertFault(send("GET", "/v2", null, ""), 404, "UNKNOWN_PATH", "/v2");
        assertFault(send("GET", "/v1/items/7/8", null, ""), 404, "UNKNOWN_PATH", "/v1/items/7/8");
        HttpResponse<String> answer = send("PUT", "/v1/items/7", null, "");
        assertFault(answer, 405, "METHOD_NOT_ALLOWED", "use DELETE or GET");
        assertThat(answer.headers().firstValue("Allow")).contains("DELETE, GET");
        assertThat(send("GET", "/v1/items", null, "").headers().firstValue("Allow"))
                .contains("POST");
    }

    @Test
    void refusesBodiesBeyondTheLimitAnnouncedOrNot() throws Exception {
        assertFault(post("x".repeat(5001)), 413, "BODY_TOO_LARGE", "5000 bytes");
        HttpRequest chunked = request("/v1/items")
                .POST(BodyPublishers.ofByteArrays(List.of(new byte[3000], new byte[3000])))
                .build();
        assertFault(CLIENT.send(chunked, BodyHandlers.ofString()), 413, "BODY_TOO_LARGE", "5000 bytes");
        assertThat(post("{\"name\":\"x\",\"size\":1}").statusCode()).isEqualTo(201);
    }

    @Test
    void keepsInternalsInsideAndNamesAnId() throws Exception {
        HttpResponse<String> answer = send("GET", "/v1/broken", null, "");
        assertFault(answer, 500, "INTERNAL_ERROR", "under the id ");
        assertThat(answer.body()).doesNotContain("secret").doesNotContain("Exception");
    }

    @Test
    void clientThatLeavesInTheMiddleOfItsBodyIsNoErrorOfTheDoor() throws Exception {
        Logger log = (Logger) LoggerFactory.getLogger(FaultAnswers.class);
        Queue<ILoggingEvent> seen = new ConcurrentLinkedQueue<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                seen.add(event);
            }
        };
        Level before = log.getLevel();
        log.setLevel(Level.DEBUG);
        appender.start();
        log.addAppender(appender);
        try {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), opened().port())) {
                socket.getOutputStream()
                        .write(("POST /v1/items HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                        + "Content-Length: 100\r\n\r\n{")
                                .getBytes(StandardCharsets.US_ASCII));
            }
            await("the door to notice").atMost(Duration.ofSeconds(10)).until(() -> !seen.isEmpty());
            assertThat(seen).allSatisfy(event -> assertThat(event.getLevel()).isEqualTo(Level.DEBUG));
        } finally {
            log.detachAppender(appender);
            log.setLevel(before);
        }
    }

    @Test
    void refusesWhatIsBeyondTheLimitsOfHttpOrNoHttpAtAll() throws IOException {
        assertThat(raw("GET /" + "x".repeat(9000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .contains("414")
                .contains("URI_TOO_LONG");
        assertThat(raw("GET / HTTP/1.1\r\nHost: localhost\r\n" + "X-A: 0123456789\r\n".repeat(2000) + "\r\n"))
                .contains("431")
                .contains("HEADERS_TOO_LARGE");
        assertThat(raw("\u0001\u0002\u0003 nonsense\r\n\r\n")).contains("400").contains("BAD_REQUEST");
        assertThat(raw("POST /v1/items HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n"))
                .contains("400")
                .contains("BAD_REQUEST");
    }

    @Test
    void saysThatThePortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertThatExceptionOfType(DoorException.class)
                    .isThrownBy(() ->
                            HttpDoor.open(DoorSettings.of("second", "127.0.0.1", taken.getLocalPort()), router -> {}))
                    .withMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .withMessageContaining("the address is taken");
        }
        assertNoThreadOf("second");
    }

    @Test
    void opensUnderAForeignContextClassLoader() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader foreign = new ClassLoader(null) {};
        thread.setContextClassLoader(foreign);
        try (HttpDoor other = HttpDoor.open(DoorSettings.of("foreign", "127.0.0.1", 0), HttpDoorTest::routes)) {
            assertThat(thread.getContextClassLoader()).isSameAs(foreign);
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + other.port() + "/none"))
                    .build();
            assertFault(CLIENT.send(request, BodyHandlers.ofString()), 404, "UNKNOWN_PATH", "/none");
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void closesWithinItsLimitAlthoughARequestHangsAndLeavesNoThread() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        HttpDoor hanging = HttpDoor.open(
                DoorSettings.of("hanging", "127.0.0.1", 0).withThreads(2, 1).withCloseLimit(Duration.ofMillis(200)),
                router -> router.get("/hang").handler(ctx -> arrived.countDown()));
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hanging.port() + "/hang"))
                .build();
        CompletableFuture<HttpResponse<String>> answer = CLIENT.sendAsync(request, BodyHandlers.ofString());
        assertThat(arrived.await(10, TimeUnit.SECONDS))
                .as("the request arrived")
                .isTrue();

        long start = System.nanoTime();
        hanging.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        assertThat(answer).failsWithin(Duration.ofSeconds(5));
        hanging.close();
        assertNoThreadOf("hanging");
    }

    static void assertNoThreadOf(String door) {
        await("threads of " + door + " to end")
                .atMost(Duration.ofSeconds(5))
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith(door)));
    }

    private static HttpDoor opened() {
        if (door == null) {
            throw new IllegalStateException("The door is not open.");
        }
        return door;
    }

    private static HttpResponse<String> post(String body) throws Exception {
        return send("POST", "/v1/items", "application/json; charset=UTF-8", body);
    }

    private static HttpResponse<String> send(String method, String path, @Nullable String type, String body)
            throws Exception {
        HttpRequest.Builder request = request(path).method(method, BodyPublishers.ofString(body));
        if (type != null) {
            request.setHeader("Content-Type", type);
        } else {
            request = HttpRequest.newBuilder(request.build().uri()).method(method, BodyPublishers.ofString(body));
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + opened().port() + path))
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json");
    }

    private static String raw(String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), opened().port())) {
            socket.setSoTimeout(5000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readNBytes(2000), StandardCharsets.UTF_8);
        }
    }

    private static void assertFault(HttpResponse<String> answer, int status, String code, String words) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        JsonObject fault = new JsonObject(answer.body());
        assertThat(fault.fieldNames()).containsExactly("code", "message");
        assertThat(fault.getString("code")).as(answer.body()).isEqualTo(code);
        assertThat(fault.getString("message")).contains(words).endsWith(".");
    }
}
