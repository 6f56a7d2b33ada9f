package io.espalier.file.osgi;

import java.io.IOException;
import java.time.Duration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Shell commands about the files: {@code file:writers} and {@code file:publish}. */
@Component(
        service = FileCommands.class,
        property = {"osgi.command.scope=file", "osgi.command.function=writers", "osgi.command.function=publish"})
public final class FileCommands {
    private static final int DEFAULT_SECONDS = 10;

    private final FileTerminalComponent terminal;

    @Activate
    public FileCommands(@Reference FileTerminalComponent terminal) {
        this.terminal = terminal;
    }

    /** A table with a line for each partition of each stream: how far it is written, and what holds it up. */
    public String writers() {
        return WriterTable.of(terminal.writers());
    }

    /** Makes all records visible that are in the topics now, within ten seconds. */
    public String publish() throws IOException {
        return publish(DEFAULT_SECONDS);
    }

    /** Makes all records visible that are in the topics now. */
    public String publish(int seconds) throws IOException {
        if (terminal.publishAll(Duration.ofSeconds(seconds))) {
            return "All records that were in the topics are in visible files below " + terminal.folder() + ".";
        }
        throw new IllegalStateException("Not all records were written within " + seconds
                + " s; file:writers shows which streams wait, and for what.");
    }
}
