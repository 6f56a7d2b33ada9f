package io.espalier.collector.rig;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.espalier.stream.id.StreamId;
import io.espalier.stream.record.SourcePosition;
import io.espalier.stream.report.Report;
import io.espalier.stream.report.ReportCodec;
import io.espalier.stream.report.ReportFormatException;
import io.espalier.stream.report.ReportLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** A real HTTP server in the place of gateway and catalog, which does to each report what a test tells it. */
public final class GatewayDouble implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<StreamId, Map<SourcePosition, Stored>> stored = new ConcurrentHashMap<>();
    private final AtomicLong duplicates = new AtomicLong();
    private final AtomicLong requests = new AtomicLong();
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile Function<Report, Answer> behaviour = report -> Answer.STORE;
    private volatile Set<String> knownStreams = Set.of();
    private final List<String> created = new ArrayList<>();
    private volatile int catalogStatus = 201;
    private volatile boolean keepRecords = true;
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    /** What the gateway does with a report. */
    public record Answer(boolean store, int status, String body, String retryAfter) {
        public static final Answer STORE = new Answer(true, 200, "{}", "");
        public static final Answer STORE_AND_CUT = new Answer(true, 0, "", "");
        public static final Answer CUT = new Answer(false, 0, "", "");
        public static final Answer HANG = new Answer(false, -1, "", "");
        public static final Answer PUSH_BACK =
                new Answer(false, 429, "{\"code\":\"QUEUE_FULL\",\"message\":\"The queue is full.\"}", "0");
        public static final Answer UNAVAILABLE =
                new Answer(false, 503, "{\"code\":\"CLUSTER_DOWN\",\"message\":\"Kafka is away.\"}", "");

        public static Answer fault(int status, String body) {
            return new Answer(false, status, body, "");
        }
    }

    private record Stored(SourcePosition position, byte[] payload, int times) {}

    public GatewayDouble() {
        this(0);
    }

    /** On a given port, so that a gateway can come back. */
    public GatewayDouble(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/v1/streams", this::handle);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    public void behave(Function<Report, Answer> newBehaviour) {
        behaviour = newBehaviour;
    }

    /** From now on answers 404 for streams that were not created. */
    public void knowNoStreams() {
        knownStreams = ConcurrentHashMap.newKeySet();
        behaviour = report -> knownStreams.contains(report.stream().toString())
                ? Answer.STORE
                : Answer.fault(404, "{\"code\":\"UNKNOWN_STREAM\",\"message\":\"There is no such stream.\"}");
    }

    public void answerCatalogWith(int status) {
        catalogStatus = status;
    }

    /** Counts only, for measuring. */
    public void countOnly() {
        keepRecords = false;
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (exchange.getRequestURI().getPath().equals("/v1/streams")) {
            create(exchange, new String(body, UTF_8));
            return;
        }
        requests.incrementAndGet();
        try {
            Report report = ReportCodec.decode(body, ReportLimits.DEFAULT);
            answer(exchange, report, behaviour.apply(report));
        } catch (ReportFormatException e) {
            send(exchange, 400, "{\"code\":\"" + e.code() + "\",\"message\":\"" + e.getMessage() + "\"}");
        }
    }

    private synchronized void create(HttpExchange exchange, String body) throws IOException {
        created.add(body);
        if (catalogStatus == 201) {
            knownStreams.add(body.replaceAll(".*\"id\":\"([^\"]*)\".*", "$1"));
        }
        send(exchange, catalogStatus, "{\"code\":\"TOPIC_FAILED\",\"message\":\"Kafka is away.\"}");
    }

    private void answer(HttpExchange exchange, Report report, Answer answer) throws IOException {
        if (answer.store()) {
            store(report);
        }
        if (answer.status() < 0) {
            awaitRelease();
        }
        if (answer.status() <= 0) {
            exchange.close();
            return;
        }
        if (!answer.retryAfter().isEmpty()) {
            exchange.getResponseHeaders().add("Retry-After", answer.retryAfter());
        }
        send(exchange, answer.status(), answer.body());
    }

    private void awaitRelease() {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void store(Report report) {
        records.addAndGet(report.entries().size());
        bytes.addAndGet(report.payloadBytes());
        if (!keepRecords) {
            return;
        }
        Map<SourcePosition, Stored> stream = stored.computeIfAbsent(report.stream(), id -> new ConcurrentHashMap<>());
        for (int i = 0; i < report.entries().size(); i++) {
            Stored one = new Stored(report.position(i), report.entries().get(i).payload(), 1);
            stream.merge(one.position(), one, (before, again) -> {
                duplicates.incrementAndGet();
                if (!Arrays.equals(before.payload(), again.payload())) {
                    throw new IllegalStateException("Two records have the identity " + before.position() + ".");
                }
                return new Stored(before.position(), before.payload(), before.times() + 1);
            });
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** What is stored of the stream, each identity once, in the order of source number and sequence. */
    public List<byte[]> payloads(String stream) {
        return stored.getOrDefault(StreamId.parse(stream), Map.of()).values().stream()
                .sorted(Comparator.<Stored>comparingLong(one -> numberOf(one.position()))
                        .thenComparingLong(one -> one.position().epoch())
                        .thenComparingLong(one -> one.position().seq()))
                .map(Stored::payload)
                .toList();
    }

    public List<String> lines(String stream) {
        return payloads(stream).stream()
                .map(payload -> new String(payload, ISO_8859_1))
                .toList();
    }

    /** The identities stored of the stream. */
    public Set<SourcePosition> positions(String stream) {
        return Set.copyOf(stored.getOrDefault(StreamId.parse(stream), Map.of()).keySet());
    }

    private static long numberOf(SourcePosition position) {
        return Long.parseLong(position.agent().substring(position.agent().lastIndexOf('/') + 1));
    }

    /** How many records came again under an identity that was stored already. */
    public long duplicates() {
        return duplicates.get();
    }

    public long requests() {
        return requests.get();
    }

    public long records() {
        return records.get();
    }

    public long bytes() {
        return bytes.get();
    }

    public synchronized List<String> created() {
        return List.copyOf(created);
    }

    @Override
    public void close() {
        released.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
