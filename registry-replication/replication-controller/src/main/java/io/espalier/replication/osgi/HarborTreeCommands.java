package io.espalier.replication.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.shell.HarborConsole;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Those of the shell's {@code tree:} commands that write into Harbors. */
@Component(
        service = HarborTreeCommands.class,
        property = {"osgi.command.scope=tree", "osgi.command.function=apply", "osgi.command.function=remove"})
public final class HarborTreeCommands {
    private final HarborConsole console;

    @Activate
    public HarborTreeCommands(@Reference HarborComponent harbors) {
        this.console = new HarborConsole(requireNonNull(harbors, "harbors is null")::service);
    }

    /** {@code tree:apply --harbor [--size 100MB] [--dry-run]}. */
    public String apply(String... words) {
        return HarborCommands.sentence(() -> console.apply(List.of(words)));
    }

    /** {@code tree:remove [--dry-run]}. */
    public String remove(String... words) {
        return HarborCommands.sentence(() -> console.remove(List.of(words)));
    }
}
