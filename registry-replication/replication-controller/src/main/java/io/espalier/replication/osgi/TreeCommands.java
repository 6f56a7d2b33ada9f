package io.espalier.replication.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.shell.TreeConsole;
import java.io.PrintStream;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The shell's {@code tree:} commands; each returns what the shell prints and fails with a sentence. */
@Component(
        service = TreeCommands.class,
        property = {
            "osgi.command.scope=tree",
            "osgi.command.function=measure",
            "osgi.command.function=plan",
            "osgi.command.function=show"
        })
public final class TreeCommands {
    private final ControllerComponent controller;

    @Activate
    public TreeCommands(@Reference ControllerComponent controller) {
        this.controller = requireNonNull(controller, "controller is null");
    }

    private TreeConsole console() {
        return controller.node().treeConsole();
    }

    /** {@code tree:measure --mode copy --size 8MB}; what it will send is printed before it begins. */
    public String measure(CommandSession session, String... words) throws InterruptedException {
        PrintStream screen = session.getConsole();
        return Sentences.of(() -> console().measure(List.of(words), line -> {
            screen.println(line);
            screen.flush();
        }));
    }

    /** {@code tree:plan --size 5GB --explain --planner greedy}, {@code tree:plan --stripes 2}. */
    public String plan(String... words) throws InterruptedException {
        return Sentences.of(() -> console().plan(List.of(words)));
    }

    /** {@code tree:show --size 5GB}. */
    public String show(String... words) throws InterruptedException {
        return Sentences.of(() -> console().show(List.of(words)));
    }
}
