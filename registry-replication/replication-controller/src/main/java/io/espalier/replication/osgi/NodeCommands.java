package io.espalier.replication.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.shell.NodeConsole;
import io.espalier.replication.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
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
            "osgi.command.function=remove",
            "osgi.command.function=backup"
        })
public final class NodeCommands {
    private final ControllerComponent controller;

    @Activate
    public NodeCommands(@Reference ControllerComponent controller) {
        this.controller = requireNonNull(controller, "controller is null");
    }

    private NodeConsole console() {
        return controller.node().nodeConsole();
    }

    /** {@code node:list}. */
    public String list() {
        return console().list();
    }

    /** {@code node:token --ttl 24h --uses 1} or {@code node:token --revoke-all}. */
    public String token(String... words) throws InterruptedException {
        return Sentences.of(() -> console().token(List.of(words)));
    }

    /** {@code node:remove NAME}. */
    public String remove(String... words) throws InterruptedException {
        return Sentences.of(() -> console().remove(List.of(words)));
    }

    /** {@code node:backup FILE}: copies database, authority and keys into a new tar file. */
    public String backup(String... words) {
        if (words.length != 1) {
            throw new IllegalArgumentException(
                    "The command takes one name of a new file; write node:backup /path/master.tar.");
        }
        try {
            return controller.node().backup(Path.of(words[0]));
        } catch (IOException | StoreException failed) {
            throw new IllegalStateException(failed.getMessage(), failed);
        }
    }
}
