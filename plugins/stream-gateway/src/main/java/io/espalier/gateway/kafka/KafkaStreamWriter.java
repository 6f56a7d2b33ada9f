package io.espalier.gateway.kafka;

import io.espalier.gateway.lane.StreamWriter;
import io.espalier.gateway.lane.WriteException;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.record.RecordHeaders;
import io.espalier.stream.report.Report;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Writes one stream's reports through a producer of its own, and makes a new one after a fault that a producer does not
 * survive. Writing is for one thread.
 */
final class KafkaStreamWriter implements StreamWriter {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final StreamDefinition stream;
    private final Duration deliveryTimeout;
    private final ProducerSource source;
    private @Nullable Producer<byte[], byte[]> producer;
    private volatile boolean broken;

    KafkaStreamWriter(StreamDefinition stream, Duration deliveryTimeout, ProducerSource source) {
        this.stream = stream;
        this.deliveryTimeout = deliveryTimeout;
        this.source = source;
    }

    @Override
    public CompletableFuture<Void> write(Report report) {
        InFlightReport inFlight = new InFlightReport(stream.topic(), deliveryTimeout, () -> broken = true);
        try {
            send(report, producer(), inFlight);
        } catch (WriteException e) {
            inFlight.failed(e);
        } catch (RuntimeException e) {
            inFlight.failed(WriteFaults.of(stream.topic(), deliveryTimeout, e));
            broken |= WriteFaults.breaksProducer(e);
        } finally {
            inFlight.handedOver();
        }
        return inFlight.settled();
    }

    /** After the first failure the rest is not sent: the sender will send all of it again. */
    private void send(Report report, Producer<byte[], byte[]> to, InFlightReport inFlight) {
        Header streamId =
                new RecordHeader(RecordHeaders.STREAM_ID, ascii(report.stream().toString()));
        Header agent = new RecordHeader(RecordHeaders.AGENT, report.agent().getBytes(StandardCharsets.UTF_8));
        Header epoch = new RecordHeader(RecordHeaders.EPOCH, RecordHeaders.number(report.epoch()));
        List<Report.Entry> entries = report.entries();
        for (int i = 0; i < entries.size() && !inFlight.hasFailed(); i++) {
            Report.Entry entry = entries.get(i);
            long ts = entry.timestampMillis();
            List<Header> headers = List.of(
                    streamId,
                    agent,
                    epoch,
                    new RecordHeader(RecordHeaders.SEQ, RecordHeaders.number(report.firstSeq() + i)),
                    new RecordHeader(RecordHeaders.TS, RecordHeaders.number(ts)));
            inFlight.sending();
            boolean handedOver = false;
            try {
                var unused = to.send(
                        new ProducerRecord<>(stream.topic(), null, ts, null, entry.payload(), headers), inFlight);
                handedOver = true;
            } finally {
                if (!handedOver) {
                    inFlight.notSent();
                }
            }
        }
    }

    private Producer<byte[], byte[]> producer() throws WriteException {
        if (broken) {
            close();
        }
        Producer<byte[], byte[]> open = producer;
        if (open == null) {
            open = source.make();
            producer = open;
            broken = false;
        }
        return open;
    }

    @Override
    public void close() {
        Producer<byte[], byte[]> open = producer;
        producer = null;
        if (open != null) {
            open.close(CLOSE_LIMIT);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Makes producers. */
    interface ProducerSource {
        Producer<byte[], byte[]> make() throws WriteException;
    }
}
