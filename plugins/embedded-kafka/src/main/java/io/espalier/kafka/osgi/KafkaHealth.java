package io.espalier.kafka.osgi;

import io.espalier.kafka.supervisor.BrokerStatus;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Well while the broker serves; the sentence of its last problem otherwise. */
@Component(
        service = HealthCheck.class,
        property = {"hc.name=Embedded Kafka", "hc.tags=kafka", "hc.tags=readiness"})
public final class KafkaHealth implements HealthCheck {
    private final EmbeddedKafkaComponent kafka;

    @Activate
    public KafkaHealth(@Reference EmbeddedKafkaComponent kafka) {
        this.kafka = kafka;
    }

    @Override
    public Result execute() {
        return result(kafka.status());
    }

    static Result result(BrokerStatus status) {
        return switch (status.state()) {
            case READY -> new Result(Result.Status.OK, KafkaCommands.line(status));
            case STARTING, NOT_ANSWERING ->
                new Result(Result.Status.TEMPORARILY_UNAVAILABLE, KafkaCommands.line(status));
            case DOWN, STOPPED -> new Result(Result.Status.CRITICAL, KafkaCommands.line(status));
        };
    }
}
