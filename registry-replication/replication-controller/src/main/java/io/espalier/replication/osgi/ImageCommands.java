package io.espalier.replication.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.shell.images.ImageConsole;
import java.io.PrintStream;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The shell's {@code image:} commands; each returns what the shell prints and fails with a sentence. */
@Component(
        service = ImageCommands.class,
        property = {
            "osgi.command.scope=image",
            "osgi.command.function=push",
            "osgi.command.function=release",
            "osgi.command.function=status",
            "osgi.command.function=where",
            "osgi.command.function=verify",
            "osgi.command.function=remove",
            "osgi.command.function=removals",
            "osgi.command.function=retention"
        })
public final class ImageCommands {
    private final ControllerComponent controller;

    @Activate
    public ImageCommands(@Reference ControllerComponent controller) {
        this.controller = requireNonNull(controller, "controller is null");
    }

    private ImageConsole console() {
        return controller.node().imageConsole();
    }

    /** {@code image:push [FILE] REPOSITORY:TAG [--dry-run] [--priority 1..10]}. */
    public String push(String... words) throws InterruptedException {
        return Sentences.of(() -> console().push(List.of(words)));
    }

    /** {@code image:release REPOSITORY:TAG}. */
    public String release(String... words) throws InterruptedException {
        return Sentences.of(() -> console().release(List.of(words)));
    }

    /** {@code image:status [REPOSITORY:TAG] [--watch] [--verbose]}; a watch prints until nothing moves. */
    public String status(CommandSession session, String... words) throws InterruptedException {
        if (!ImageConsole.isWatch(List.of(words))) {
            return Sentences.of(() -> console().status(List.of(words)));
        }
        PrintStream screen = session.getConsole();
        return Sentences.of(() -> {
            console().watch(List.of(words), text -> {
                screen.println(text);
                screen.flush();
            });
            return "";
        });
    }

    /** {@code image:where REPOSITORY:TAG}. */
    public String where(String... words) throws InterruptedException {
        return Sentences.of(() -> console().where(List.of(words)));
    }

    /** {@code image:remove REPOSITORY:TAG [--dry-run] [--mode untag|delete]}. */
    public String remove(String... words) throws InterruptedException {
        return Sentences.of(() -> controller.node().removalConsole().remove(List.of(words)));
    }

    /** {@code image:removals [--confirm ID|--reject ID]}. */
    public String removals(String... words) throws InterruptedException {
        return Sentences.of(() -> controller.node().removalConsole().removals(List.of(words)));
    }

    /** {@code image:retention [--newest N] [--days N]}. */
    public String retention(String... words) throws InterruptedException {
        return Sentences.of(() -> controller.node().removalConsole().retention(List.of(words)));
    }

    /** {@code image:verify REPOSITORY:TAG [--deep] [--bytes-per-second N]}; a deep one prints how far it is. */
    public String verify(CommandSession session, String... words) throws InterruptedException {
        PrintStream screen = session.getConsole();
        return Sentences.of(() -> console().verify(List.of(words), text -> {
            screen.println(text);
            screen.flush();
        }));
    }
}
