package io.espalier.engine.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.engine.node.EngineConsole;
import java.io.IOException;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The shell's {@code engine:} commands; each returns what the shell prints and fails with a sentence. */
@Component(
        service = EngineCommands.class,
        property = {
            "osgi.command.scope=engine",
            "osgi.command.function=status",
            "osgi.command.function=test",
            "osgi.command.function=logs"
        })
public final class EngineCommands {
    private final EngineConsole console;

    @Activate
    public EngineCommands(@Reference EngineComponent engine) {
        this.console = requireNonNull(engine, "engine is null").node().console();
    }

    /** {@code engine:status}. */
    public String status() {
        return console.status();
    }

    /** {@code engine:test REPOSITORY:TAG [--gate] [--command WORDS...]}. */
    public String test(String... words) throws InterruptedException {
        return console.test(List.of(words));
    }

    /** {@code engine:logs TEST|REPOSITORY:TAG}. */
    public String logs(String... words) throws IOException {
        return console.logs(List.of(words));
    }
}
