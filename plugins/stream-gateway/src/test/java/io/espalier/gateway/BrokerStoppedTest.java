package io.espalier.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.http.DoorException;
import io.espalier.stream.id.StreamId;
import io.espalier.stream.report.Report;
import io.espalier.testkit.kafka.ChildBrokers;
import io.espalier.testkit.kafka.KafkaExtension;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Broker 2 is stopped as by SIGSTOP: its connections stay open and nothing answers. */
class BrokerStoppedTest {
    @RegisterExtension
    static final ChildBrokers BROKERS = KafkaExtension.childProcesses(2);

    private static final int RECORDS = 10;
    private static final Duration STOPPED = Duration.ofSeconds(20);

    private final FixedDirectory directory = new FixedDirectory();

    @Test
    void pushesBackTheStreamOfAStoppedBrokerKeepsTheOthersGoingAndLosesNothing() throws Exception {
        createOnBroker("dead.a.b", 2);
        createOnBroker("live.a.b", 1);
        ExecutorService threads = Executors.newFixedThreadPool(9);
        try (Gateway gateway = open()) {
            Source dead = new Source(gateway, "dead.a.b");
            Source live = new Source(gateway, "live.a.b");
            AtomicBoolean stop = new AtomicBoolean();
            List<CompletableFuture<Void>> senders = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                senders.add(CompletableFuture.runAsync(() -> dead.sendUntil(stop), threads));
            }
            senders.add(CompletableFuture.runAsync(() -> live.sendUntil(stop), threads));
            awaitStored(dead, 200);
            awaitStored(live, 200);

            BROKERS.broker(2).freeze();
            long frozen = System.nanoTime();
            live.slowestNanos.set(0);
            try {
                await("push-back of the dead stream")
                        .atMost(Duration.ofSeconds(19))
                        .until(() -> dead.answers.containsKey(429) && dead.answers.containsKey(503));
                long liveBefore = live.stored.get();
                await("20 s to pass")
                        .atMost(STOPPED.plusSeconds(5))
                        .until(() -> System.nanoTime() - frozen > STOPPED.toNanos());
                assertThat(live.stored.get()).as("the other stream goes on").isGreaterThan(liveBefore + 100);
                assertThat(live.answers.keySet()).containsExactly(200);
                assertThat(Duration.ofNanos(live.slowestNanos.get()))
                        .as("slowest answer of the other stream")
                        .isLessThan(Duration.ofSeconds(2));
            } finally {
                BROKERS.broker(2).thaw();
            }
            long deadBefore = dead.stored.get();
            awaitStored(dead, deadBefore + 200);

            stop.set(true);
            CompletableFuture.allOf(senders.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
            dead.assertAllInKafka();
            live.assertAllInKafka();
        } finally {
            threads.shutdownNow();
        }
    }

    private Gateway open() throws DoorException {
        GatewaySettings settings =
                new GatewaySettings("1", "127.0.0.1", 0, 1, 1 << 20, 4, 1 << 20, 8 << 20, 1, 2048, 4, 6, 60, "lz4");
        Gateway gateway = Gateway.open(settings, () -> directory, Clock.systemUTC());
        gateway.useCluster(StoredInKafkaTest.cluster(Map.of("bootstrap.servers", BROKERS.bootstrapServers())));
        return gateway;
    }

    private void createOnBroker(String stream, int broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKERS.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(stream, Map.of(0, List.of(broker)))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        directory.add(stream, stream, 1000);
    }

    private static void awaitStored(Source source, long records) {
        await("records of " + source.stream + " to be stored, now " + source.answers)
                .atMost(Duration.ofSeconds(40))
                .until(() -> source.stored.get() > records);
    }

    /** Sends reports until each is stored, as a collector does, and remembers what was acknowledged. */
    private static final class Source {
        final String stream;
        final Sender sender;
        final AtomicLong agents = new AtomicLong();
        final AtomicLong stored = new AtomicLong();
        final AtomicLong slowestNanos = new AtomicLong();
        final ConcurrentMap<Integer, Integer> answers = new ConcurrentHashMap<>();
        final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

        Source(Gateway gateway, String stream) {
            this.stream = stream;
            this.sender = new Sender(gateway.port());
        }

        void sendUntil(AtomicBoolean stop) {
            String agent = "agent-" + agents.incrementAndGet();
            for (long seq = 0; !stop.get(); seq += RECORDS) {
                Report report = report(agent, seq);
                long start = System.nanoTime();
                while (status(report) != 200) {
                    pause();
                }
                slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
                stored.addAndGet(RECORDS);
                for (int i = 0; i < RECORDS; i++) {
                    acknowledged.add(agent + "/" + (seq + i));
                }
            }
        }

        private int status(Report report) {
            HttpResponse<String> answer = Sender.get(sender.binary(stream, report));
            answers.merge(answer.statusCode(), 1, Integer::sum);
            assertThat(answer.statusCode()).as(answer.body()).isIn(200, 429, 503);
            return answer.statusCode();
        }

        private Report report(String agent, long seq) {
            List<Report.Entry> entries = new ArrayList<>();
            for (int i = 0; i < RECORDS; i++) {
                entries.add(new Report.Entry(1, ("line " + (seq + i)).getBytes(UTF_8)));
            }
            return new Report(StreamId.parse(stream), agent, 1, seq, entries);
        }

        private static void pause() {
            java.util.concurrent.locks.LockSupport.parkNanos(
                    Duration.ofMillis(100).toNanos());
        }

        /** Reads to the topic's end: records that were sent again stand there twice, so there are more than were stored. */
        void assertAllInKafka() throws Exception {
            Set<String> found = new TreeSet<>();
            for (ConsumerRecord<byte[], byte[]> record :
                    BROKERS.topics().consume(stream, (int) end(), Duration.ofSeconds(30))) {
                found.add(text(record, "x-agent") + "/" + text(record, "x-seq"));
            }
            assertThat(found).as("every acknowledged record of " + stream).containsAll(acknowledged);
        }

        private long end() throws Exception {
            TopicPartition partition = new TopicPartition(stream, 0);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKERS.bootstrapServers()))) {
                return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                        .partitionResult(partition)
                        .get(30, TimeUnit.SECONDS)
                        .offset();
            }
        }

        private static String text(ConsumerRecord<byte[], byte[]> record, String header) {
            return new String(record.headers().lastHeader(header).value(), UTF_8);
        }
    }
}
