package io.espalier.kafka.osgi;

import io.espalier.kafka.supervisor.BrokerStatus;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Shell command about the embedded broker: {@code kafka:status}. */
@Component(
        service = KafkaCommands.class,
        property = {"osgi.command.scope=kafka", "osgi.command.function=status"})
public final class KafkaCommands {
    private final EmbeddedKafkaComponent kafka;

    @Activate
    public KafkaCommands(@Reference EmbeddedKafkaComponent kafka) {
        this.kafka = kafka;
    }

    /** One line: state, address, process id and restarts, and the last problem if it does not serve. */
    public String status() {
        return line(kafka.status());
    }

    static String line(BrokerStatus status) {
        String text = "state=" + status.state() + " bootstrap=" + status.bootstrapServers() + " pid=" + status.pid()
                + " restarts=" + status.restarts();
        return status.problem().isEmpty() ? text : text + " problem: " + status.problem();
    }
}
