package io.espalier.gateway;

import static io.espalier.gateway.Sender.assertFault;
import static io.espalier.gateway.Sender.assertStored;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.http.DoorException;
import io.espalier.stream.cluster.KafkaCluster;
import io.espalier.stream.id.StreamId;
import io.espalier.stream.record.RecordHeaders;
import io.espalier.stream.record.SourcePosition;
import io.espalier.stream.report.Report;
import io.espalier.testkit.kafka.KafkaExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StoredInKafkaTest {
    @RegisterExtension
    static final KafkaExtension KAFKA = KafkaExtension.inProcess();

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String STREAM = "ads.web.click";
    private static final FixedDirectory DIRECTORY = new FixedDirectory();
    private static Gateway gateway;
    private static Sender sender;

    @BeforeAll
    static void open() throws DoorException {
        gateway = Gateway.open(GatewaySettings.at("127.0.0.1", 0), () -> DIRECTORY, Clock.systemUTC());
        gateway.useCluster(cluster(KAFKA.clientProperties()));
        sender = new Sender(gateway.port());
    }

    @AfterAll
    static void close() {
        gateway.close();
    }

    static KafkaCluster cluster(Map<String, Object> client) {
        return new KafkaCluster() {
            @Override
            public String name() {
                return "main";
            }

            @Override
            public Map<String, Object> clientProperties() {
                return client;
            }
        };
    }

    @Test
    void storesEveryFormWithExactlyTheHeadersOfTheFormat() throws IOException {
        String topic = KAFKA.newTopic("forms");
        DIRECTORY.add("forms.a.b", topic, 1 << 20);
        byte[] odd = {0, -1, 10, 13};
        Report report = new Report(
                StreamId.parse("forms.a.b"),
                "host-ä/3",
                11,
                0,
                List.of(new Report.Entry(1_700_000_000_001L, odd), new Report.Entry(0, new byte[0])));
        assertStored(sender.binary("forms.a.b", report), 2);
        String json = "{\"agent\":\"host-ä/3\",\"epoch\":11,\"firstSeq\":2,\"records\":["
                + "{\"ts\":5,\"text\":\"ä\"},{\"ts\":6,\"base64\":\"AP8KDQ==\"}]}";
        assertStored(sender.json("forms.a.b", json), 2);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("{\"a\":1}\r\n\nlast".getBytes(UTF_8));
        }
        long before = System.currentTimeMillis();
        assertStored(
                sender.send(
                        "forms.a.b",
                        "application/x-ndjson",
                        packed.toByteArray(),
                        "Content-Encoding",
                        "gzip",
                        "X-Agent",
                        "curl",
                        "X-Epoch",
                        "1",
                        "X-Seq",
                        "7"),
                3);

        List<ConsumerRecord<byte[], byte[]>> records = KAFKA.consume(topic, 7, SOON);
        StreamId id = StreamId.parse("forms.a.b");
        assertRecord(
                records.get(0), odd, new RecordHeaders(id, new SourcePosition("host-ä/3", 11, 0), 1_700_000_000_001L));
        assertRecord(records.get(1), new byte[0], new RecordHeaders(id, new SourcePosition("host-ä/3", 11, 1), 0));
        assertRecord(
                records.get(2), "ä".getBytes(UTF_8), new RecordHeaders(id, new SourcePosition("host-ä/3", 11, 2), 5));
        assertRecord(records.get(3), odd, new RecordHeaders(id, new SourcePosition("host-ä/3", 11, 3), 6));
        List<String> lines = List.of("{\"a\":1}\r", "", "last");
        for (int i = 0; i < 3; i++) {
            long ts = records.get(4 + i).timestamp();
            assertThat(ts).isBetween(before, System.currentTimeMillis());
            assertRecord(
                    records.get(4 + i),
                    lines.get(i).getBytes(UTF_8),
                    new RecordHeaders(id, new SourcePosition("curl", 1, 7 + i), ts));
        }
    }

    private static void assertRecord(ConsumerRecord<byte[], byte[]> record, byte[] value, RecordHeaders headers) {
        assertThat(record.key()).isNull();
        assertThat(record.value()).isEqualTo(value);
        assertThat(record.timestamp()).isEqualTo(headers.timestampMillis());
        List<Map.Entry<String, String>> found = new ArrayList<>();
        for (Header header : record.headers()) {
            found.add(Map.entry(header.key(), new String(header.value(), UTF_8)));
        }
        List<Map.Entry<String, String>> expected = new ArrayList<>();
        headers.encode().forEach((name, bytes) -> expected.add(Map.entry(name, new String(bytes, UTF_8))));
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void keepsTheOrderOfManyReportsSentOneAfterTheOther() {
        String topic = KAFKA.newTopic("order");
        DIRECTORY.add("order.a.b", topic, 1 << 20);
        for (int i = 0; i < 50; i++) {
            assertStored(sender.text("order.a.b", i + "a\n" + i + "b\n"), 2);
        }
        List<ConsumerRecord<byte[], byte[]>> records = KAFKA.consume(topic, 100, SOON);
        for (int i = 0; i < 100; i++) {
            assertThat(new String(records.get(i).headers().lastHeader("x-seq").value(), UTF_8))
                    .isEqualTo(String.valueOf(i));
        }
    }

    @Test
    void saysThatKafkaRefusesARecordThatIsLargerThanTheTopicAllows() {
        String topic = KAFKA.newTopic("large");
        DIRECTORY.add("large.a.b", topic, 3 << 20);
        byte[] noise = new byte[2 << 20];
        new java.util.Random(1).nextBytes(noise);
        Report report = new Report(StreamId.parse("large.a.b"), "a", 0, 0, List.of(new Report.Entry(1, noise)));
        assertFault(sender.binary("large.a.b", report), 413, "RECORD_TOO_LARGE", "max.message.bytes");
        assertStored(sender.text("large.a.b", "small"), 1);
    }

    @Test
    void saysNotStoredWhenTheTopicDoesNotExist() {
        DIRECTORY.add("none.a.b", "no-such-topic", 1000);
        assertFault(sender.text("none.a.b", "x"), 503, "NOT_STORED", "send");
        DIRECTORY.add(STREAM, KAFKA.newTopic("beside"), 1000);
        assertStored(sender.text(STREAM, "x"), 1);
    }
}
