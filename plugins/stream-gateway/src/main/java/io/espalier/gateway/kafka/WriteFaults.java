package io.espalier.gateway.kafka;

import io.espalier.gateway.lane.WriteException;
import java.time.Duration;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Turns what Kafka reports into a sentence for the sender. */
final class WriteFaults {
    private WriteFaults() {}

    static WriteException of(String topic, Duration deliveryTimeout, Exception e) {
        if (e instanceof RecordTooLargeException) {
            return WriteException.permanent(
                    "Kafka refuses a record as too large for the topic " + topic
                            + "; send smaller records or raise the topic's max.message.bytes.",
                    e);
        }
        if (e instanceof TimeoutException) {
            return WriteException.retriable(
                    "Kafka has not acknowledged every record in time (limit " + deliveryTimeout.toSeconds()
                            + " s); whether they are stored is not known, send them again with the same sequence.",
                    e);
        }
        if (e instanceof UnknownTopicOrPartitionException) {
            return WriteException.retriable(
                    "The topic " + topic + " does not exist in Kafka; create the stream anew or send again later.", e);
        }
        if (e instanceof AuthenticationException || e instanceof AuthorizationException) {
            return WriteException.retriable(
                    "Kafka does not let the gateway write to the topic " + topic
                            + "; mend the client properties or the permissions, then send again.",
                    e);
        }
        return WriteException.retriable(
                "Kafka has not stored every record (" + e.getClass().getSimpleName()
                        + "); send them again with the same sequence.",
                e);
    }

    /** Whether a producer may be of no use after this; making a new one is cheap beside losing a stream. */
    static boolean breaksProducer(Exception e) {
        return e instanceof KafkaException
                && !(e instanceof RetriableException)
                && !(e instanceof RecordTooLargeException)
                && !(e instanceof InterruptException);
    }
}
