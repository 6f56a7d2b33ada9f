package io.espalier.replication.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.error.HarborException;
import io.espalier.replication.shell.HarborConsole;
import java.io.PrintStream;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The shell's {@code harbor:} commands; each returns what the shell prints and fails with a sentence. */
@Component(
        service = HarborCommands.class,
        property = {
            "osgi.command.scope=harbor",
            "osgi.command.function=list",
            "osgi.command.function=push",
            "osgi.command.function=status"
        })
public final class HarborCommands {
    private final HarborConsole console;

    @Activate
    public HarborCommands(@Reference HarborComponent harbors) {
        this.console = new HarborConsole(requireNonNull(harbors, "harbors is null")::service);
    }

    /** {@code harbor:list}. */
    public String list() {
        return sentence(console::list);
    }

    /** {@code harbor:push PROJECT/REPOSITORY:TAG}. */
    public String push(CommandSession session, String... words) {
        PrintStream screen = session.getConsole();
        return sentence(() -> console.push(List.of(words), line -> {
            screen.println(line);
            screen.flush();
        }));
    }

    /** {@code harbor:status}. */
    public String status() {
        return console.status();
    }

    /** What a command does. */
    @FunctionalInterface
    interface Command {
        String run() throws HarborException;
    }

    /** Makes a refusal into an exception whose message the shell prints as it is. */
    static String sentence(Command command) {
        try {
            return command.run();
        } catch (HarborException refused) {
            throw new IllegalStateException(refused.sentence(), refused);
        }
    }
}
