package io.espalier.file.terminal;

import io.espalier.stream.id.StreamId;
import io.espalier.stream.record.RecordHeaders;
import io.espalier.stream.record.SourcePosition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes one stream's records to Kafka as the gateway does, with sequences from 0. */
final class Sender implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final String stream;
    private final String topic;
    private final List<Future<RecordMetadata>> pending = new ArrayList<>();
    private int seq;

    Sender(Map<String, Object> connection, String stream, String topic) {
        producer = new KafkaProducer<>(connection, new ByteArraySerializer(), new ByteArraySerializer());
        this.stream = stream;
        this.topic = topic;
    }

    /** Sends that many text records and waits until they are stored. */
    void send(int count) {
        for (int i = 0; i < count; i++) {
            transmit(next(("record " + seq).getBytes(StandardCharsets.UTF_8)));
        }
        awaitStored();
    }

    void sendPayload(byte[] payload) {
        transmit(next(payload));
        awaitStored();
    }

    private ProducerRecord<byte[], byte[]> next(byte[] payload) {
        ProducerRecord<byte[], byte[]> sent = new ProducerRecord<>(topic, payload);
        new RecordHeaders(StreamId.parse(stream), new SourcePosition("host/log", 1, seq++), System.currentTimeMillis())
                .encode()
                .forEach((name, value) -> sent.headers().add(name, value));
        return sent;
    }

    /** Sends a record as another program does, without the agreed headers. */
    void sendForeign(byte[] payload) {
        ProducerRecord<byte[], byte[]> sent = new ProducerRecord<>(topic, payload);
        sent.headers().add("x-seq", "minus one".getBytes(StandardCharsets.UTF_8));
        transmit(sent);
        awaitStored();
    }

    private void transmit(ProducerRecord<byte[], byte[]> entry) {
        pending.add(producer.send(entry));
    }

    private void awaitStored() {
        try {
            for (Future<RecordMetadata> each : pending) {
                each.get(60, TimeUnit.SECONDS);
            }
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("A record of the test was not stored.", e);
        }
        pending.clear();
    }

    int sent() {
        return seq;
    }

    @Override
    public void close() {
        producer.close();
    }
}
