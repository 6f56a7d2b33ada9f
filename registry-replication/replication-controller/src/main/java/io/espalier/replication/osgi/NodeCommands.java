package io.espalier.replication.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.shell.NodeConsole;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The shell's {@code node:} commands; each returns what the shell prints and fails with a sentence. */
@Component(
        service = NodeCommands.class,
        property = {
            "osgi.command.scope=node",
            "osgi.command.function=list",
            "osgi.command.function=token",
            "osgi.command.function=remove"
        })
public final class NodeCommands {
    private final NodeConsole console;

    @Activate
    public NodeCommands(@Reference ControllerComponent controller) {
        this.console = requireNonNull(controller, "controller is null").node().nodeConsole();
    }

    /** {@code node:list}. */
    public String list() {
        return console.list();
    }

    /** {@code node:token --ttl 24h --uses 1} or {@code node:token --revoke-all}. */
    public String token(String... words) throws InterruptedException {
        return Sentences.of(() -> console.token(List.of(words)));
    }

    /** {@code node:remove NAME}. */
    public String remove(String... words) throws InterruptedException {
        return Sentences.of(() -> console.remove(List.of(words)));
    }
}
