package io.espalier.file.osgi;

import io.espalier.file.writer.StreamWriter;
import io.espalier.file.writer.WriterStatus;
import io.espalier.file.writer.WriterStatus.State;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Says which streams cannot be written and why. A warning that does not make the kernel unready: the records wait in Kafka
 * and the terminal goes on by itself.
 */
@Component(
        service = HealthCheck.class,
        property = {"hc.name=File terminal", "hc.tags=streams"})
public final class FileHealth implements HealthCheck {
    private static final int SHOWN = 3;

    private final FileTerminalComponent terminal;

    /** Looks at this terminal. */
    @Activate
    public FileHealth(@Reference FileTerminalComponent terminal) {
        this.terminal = terminal;
    }

    @Override
    public Result execute() {
        return result(terminal.writers().stream().map(StreamWriter::status).toList());
    }

    static Result result(List<WriterStatus> writers) {
        List<String> waiting = writers.stream()
                .filter(writer -> writer.state() == State.NO_INPUT || writer.state() == State.NO_OUTPUT)
                .map(WriterStatus::reason)
                .toList();
        if (waiting.isEmpty()) {
            return new Result(Result.Status.OK, "streams=" + writers.size() + " waiting=0");
        }
        return new Result(
                Result.Status.WARN,
                "streams=" + writers.size() + " waiting=" + waiting.size() + " problem: "
                        + waiting.stream().limit(SHOWN).collect(Collectors.joining(" "))
                        + (waiting.size() > SHOWN ? " More in file:writers." : ""));
    }
}
