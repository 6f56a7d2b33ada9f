package io.espalier.replication.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.shell.ControlConsole;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The shell's {@code control:} commands at the master; each returns what the shell prints and fails with a sentence. */
@Component(
        service = ControlCommands.class,
        property = {
            "osgi.command.scope=control",
            "osgi.command.function=list",
            "osgi.command.function=grant",
            "osgi.command.function=revoke",
            "osgi.command.function=audit"
        })
public final class ControlCommands {
    private final ControllerComponent controller;

    @Activate
    public ControlCommands(@Reference ControllerComponent controller) {
        this.controller = requireNonNull(controller, "controller is null");
    }

    private ControlConsole console() {
        return controller.node().controlConsole();
    }

    /** {@code control:list}. */
    public String list(String... words) throws InterruptedException {
        return Sentences.of(() -> console().list(List.of(words)));
    }

    /** {@code control:grant NODE ACTION TARGET --repositories team/*}. */
    public String grant(String... words) throws InterruptedException {
        return Sentences.of(() -> console().grant(List.of(words)));
    }

    /** {@code control:revoke RULE}. */
    public String revoke(String... words) throws InterruptedException {
        return Sentences.of(() -> console().revoke(List.of(words)));
    }

    /** {@code control:audit --node lyon --limit 20}. */
    public String audit(String... words) throws InterruptedException {
        return Sentences.of(() -> console().audit(List.of(words)));
    }
}
