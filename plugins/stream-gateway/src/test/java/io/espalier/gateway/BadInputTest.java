package io.espalier.gateway;

import static io.espalier.gateway.Sender.assertFault;
import static io.espalier.gateway.Sender.assertStored;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.http.DoorException;
import io.espalier.stream.id.StreamId;
import io.espalier.stream.report.Report;
import io.espalier.stream.report.ReportCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BadInputTest {
    private static final String STREAM = "ads.web.click";
    private static final int MAX_REPORT = 100_000;

    private final FakePool pool = new FakePool();
    private final FixedDirectory directory = new FixedDirectory();
    private Gateway gateway;
    private Sender sender;

    @BeforeEach
    void open() throws DoorException {
        directory.add(STREAM, STREAM, 1000);
        GatewaySettings settings = new GatewaySettings(
                "1", "127.0.0.1", 0, 1, MAX_REPORT, 256, 8 << 20, 64 << 20, 1, 4 << 20, 30, 45, 60, "lz4");
        gateway = Gateway.open(settings, () -> directory, Clock.systemUTC());
        gateway.usePool(pool);
        sender = new Sender(gateway.port());
    }

    @AfterEach
    void nothingBadWasStoredAndTheDoorStillWorks() {
        assertThat(pool.stored).isEmpty();
        assertStored(sender.text(STREAM, "good"), 1);
        gateway.close();
    }

    @Test
    void refusesMalformedAndWrongJson() {
        assertFault(sender.json(STREAM, "{\"records\":[{\"text\":"), 400, "MALFORMED_JSON", "line 1, column");
        assertFault(sender.json(STREAM, ""), 400, "EMPTY_BODY", "no body");
        assertFault(sender.json(STREAM, "{\"records\":[]}"), 400, "EMPTY_REPORT", "no record");
        assertFault(sender.json(STREAM, "{}"), 400, "EMPTY_REPORT", "no record");
        assertFault(sender.json(STREAM, "{\"records\":[null]}"), 400, "WRONG_FIELD", "records[0] is null");
        assertFault(sender.json(STREAM, "{\"records\":[{}]}"), 400, "WRONG_FIELD", "either 'text' or 'base64'");
        assertFault(sender.json(STREAM, "{\"records\":[{\"base64\":\"*\"}]}"), 400, "WRONG_FIELD", "not base64");
        assertFault(
                sender.json(STREAM, "{\"records\":[{\"text\":\"a\",\"base64\":\"YQ==\"}]}"),
                400,
                "WRONG_FIELD",
                "either 'text' or 'base64'");
        assertFault(sender.json(STREAM, "{\"records\":\"a\"}"), 400, "WRONG_FIELD", "'records'");
        assertFault(
                sender.json(STREAM, "{\"recods\":[]}"),
                400,
                "WRONG_FIELD",
                "known are agent, epoch, firstSeq, records");
        assertFault(sender.json(STREAM, "{\"records\":[{\"text\":\"a\",\"ts\":-1}]}"), 400, "WRONG_FIELD", "ts is -1");
        assertFault(
                sender.json(STREAM, "{\"agent\":\"a\",\"records\":[{\"text\":\"a\"}]}"),
                400,
                "WRONG_FIELD",
                "agent, epoch and firstSeq");
    }

    @Test
    void refusesIdentitiesOutOfRange() {
        String records = ",\"records\":[{\"text\":\"a\"}]}";
        assertFault(
                sender.json(STREAM, "{\"agent\":\"a\",\"epoch\":1,\"firstSeq\":-1" + records),
                400,
                "WRONG_FIELD",
                "seq is -1");
        assertFault(
                sender.json(STREAM, "{\"agent\":\"\",\"epoch\":1,\"firstSeq\":1" + records),
                400,
                "WRONG_FIELD",
                "agent has 0");
        assertFault(
                sender.json(STREAM, "{\"agent\":\"a\",\"epoch\":1,\"firstSeq\":9223372036854775807" + records),
                400,
                "WRONG_FIELD",
                "64 bits");
        assertFault(sender.text(STREAM, "a", "X-Agent", "a"), 400, "WRONG_FIELD", "X-Agent, X-Epoch and X-Seq");
        assertFault(
                sender.text(STREAM, "a", "X-Agent", "a", "X-Epoch", "1", "X-Seq", "-1"),
                400,
                "WRONG_FIELD",
                "seq is -1");
        assertFault(
                sender.text(STREAM, "a", "X-Agent", "a", "X-Epoch", "x", "X-Seq", "1"),
                400,
                "WRONG_FIELD",
                "X-Epoch is not a decimal number");
        assertFault(
                sender.text(STREAM, "a", "X-Agent", "a", "X-Epoch", "1", "X-Seq", "9999999999999999999"),
                400,
                "WRONG_FIELD",
                "beyond 64 bits");
    }

    @Test
    void refusesStreamsThatAreUnknownOrNamedWrongly() {
        assertFault(sender.text("ads.web.none", "a"), 404, "UNKNOWN_STREAM", "ads.web.none");
        assertFault(sender.text("ads.web", "a"), 400, "INVALID_STREAM_ID", "has 2 parts");
        assertFault(sender.text("Ads.web.click", "a"), 400, "INVALID_STREAM_ID", "'Ads'");
        assertFault(sender.text("ads.web.%0a", "a"), 400, "INVALID_STREAM_ID", "business");
        Report other = new Report(StreamId.parse("ads.web.view"), "a", 0, 0, List.of(entry(1)));
        assertFault(sender.binary(STREAM, other), 400, "STREAM_MISMATCH", "ads.web.view");
    }

    @Test
    void refusesBinaryReportsThatAreDamaged() {
        byte[] good = ReportCodec.encode(report(entry(10)));
        byte[] flipped = good.clone();
        flipped[40] ^= 1;
        assertFault(sender.send(STREAM, ReportCodec.MEDIA_TYPE, flipped), 400, "BAD_CRC", "send it again");
        byte[] cut = Arrays.copyOf(good, 20);
        assertFault(sender.send(STREAM, ReportCodec.MEDIA_TYPE, cut), 400, "TRUNCATED", "20 bytes");
        assertFault(sender.send(STREAM, ReportCodec.MEDIA_TYPE, new byte[0]), 400, "NOT_A_REPORT", "ESPR");
        byte[] newer = good.clone();
        newer[4] = 9;
        assertFault(sender.send(STREAM, ReportCodec.MEDIA_TYPE, newer), 400, "UNSUPPORTED_VERSION", "version 9");
    }

    @Test
    void refusesWhatIsTooLargeAndNamesTheRecord() {
        assertFault(
                sender.binary(STREAM, report(entry(1), entry(1001))),
                413,
                "RECORD_TOO_LARGE",
                "Record 1 has 1001 bytes");
        assertFault(
                sender.text(STREAM, "a\n" + "b".repeat(2000) + "\n"),
                413,
                "RECORD_TOO_LARGE",
                "Record 1 has 2000 bytes");
        assertFault(sender.text(STREAM, "a".repeat(MAX_REPORT + 1)), 413, "REPORT_TOO_LARGE", "100000 bytes");
        assertFault(sender.text(STREAM, "\n".repeat(70_000)), 413, "TOO_MANY_RECORDS", "65536 are allowed");
    }

    @Test
    void refusesEncodingsThatAreUnknownBrokenOrBombs() throws IOException {
        byte[] bomb = gzip(new byte[50_000_000]);
        assertThat(bomb).hasSizeLessThan(MAX_REPORT);
        assertFault(coded("gzip", bomb), 413, "REPORT_TOO_LARGE", "once it is unpacked");
        assertFault(coded("gzip", "plain".getBytes(UTF_8)), 400, "BAD_ENCODING", "not valid gzip");
        byte[] whole = gzip("some text\n".getBytes(UTF_8));
        assertFault(coded("gzip", Arrays.copyOf(whole, whole.length - 6)), 400, "BAD_ENCODING", "not valid gzip");
        assertFault(coded("br", whole), 415, "UNSUPPORTED_ENCODING", "send gzip");
    }

    @Test
    void refusesOtherMediaTypesMethodsAndPaths() {
        assertFault(sender.send(STREAM, "text/html", new byte[1]), 415, "UNSUPPORTED_MEDIA_TYPE", "'text/html'");
        String path = "/v1/streams/" + STREAM + "/records";
        assertFault(
                sender.send(sender.to(path).POST(BodyPublishers.ofString("a")).build()),
                415,
                "UNSUPPORTED_MEDIA_TYPE",
                "no Content-Type");
        assertThat(assertFault(sender.send(sender.to(path).GET().build()), 405, "METHOD_NOT_ALLOWED", "use POST")
                        .headers()
                        .firstValue("Allow"))
                .contains("POST");
        assertFault(sender.send(sender.to("/v1/none").GET().build()), 404, "UNKNOWN_PATH", "/v1/none");
        assertFault(sender.text(STREAM, ""), 400, "EMPTY_REPORT", "at least one line");
    }

    @Test
    void refusesAHeaderBomb() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setSoTimeout(10_000);
            String head = "POST /v1/streams/" + STREAM + "/records HTTP/1.1\r\nHost: localhost\r\n";
            socket.getOutputStream().write((head + "X-Bomb: 0123456789\r\n".repeat(5000)).getBytes(UTF_8));
            assertThat(new String(socket.getInputStream().readNBytes(300), UTF_8))
                    .contains("431")
                    .contains("HEADERS_TOO_LARGE");
        }
    }

    @Test
    void survivesRandomBodiesInEveryForm() {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            int json =
                    Sender.get(sender.send(STREAM, "application/json", noise)).statusCode();
            int binary = Sender.get(sender.send(STREAM, ReportCodec.MEDIA_TYPE, noise))
                    .statusCode();
            assertThat(json).isEqualTo(400);
            assertThat(binary).isEqualTo(400);
        }
    }

    private java.util.concurrent.CompletableFuture<java.net.http.HttpResponse<String>> coded(
            String coding, byte[] body) {
        return sender.send(STREAM, "text/plain", body, "Content-Encoding", coding);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    private static Report report(Report.Entry... entries) {
        return new Report(StreamId.parse(STREAM), "a", 0, 0, List.of(entries));
    }

    private static Report.Entry entry(int bytes) {
        return new Report.Entry(1, new byte[bytes]);
    }
}
