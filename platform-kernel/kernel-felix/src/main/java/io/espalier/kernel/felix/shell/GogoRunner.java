package io.espalier.kernel.felix.shell;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.kernel.felix.control.CommandRunner;
import io.espalier.kernel.felix.runtime.Failures;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.jspecify.annotations.Nullable;

/** Runs command lines in a Gogo session. Whatever a command throws, Errors included, becomes one sentence. */
public final class GogoRunner implements CommandRunner {
    private final Supplier<@Nullable CommandProcessor> shells;
    private final PrintStream out;
    private final PrintStream err;
    private @Nullable CommandSession session;

    /**
     * A runner for one client.
     *
     * @param shells gives null while there is no shell
     */
    public GogoRunner(Supplier<@Nullable CommandProcessor> shells, OutputStream out, OutputStream err) {
        this.shells = requireNonNull(shells, "shells is null");
        this.out = new PrintStream(out, true, UTF_8);
        this.err = new PrintStream(err, true, UTF_8);
    }

    @Override
    public int run(String line) {
        CommandSession ready = session();
        if (ready == null) {
            err.println("The kernel's shell is not there yet; try again in a second.");
            return 1;
        }
        try {
            print(ready, ready.execute(line));
            return 0;
        } catch (Exception | Error e) {
            err.println(sentence(Failures.root(e)));
            return 1;
        } finally {
            out.flush();
            err.flush();
        }
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }

    private void print(CommandSession ready, @Nullable Object result) {
        if (result == null) {
            return;
        }
        CharSequence text = ready.format(result, Converter.INSPECT);
        String end = text.length() > 0 && text.charAt(text.length() - 1) == '\n' ? "" : "\n";
        out.print(text + end);
    }

    private @Nullable CommandSession session() {
        if (session == null) {
            CommandProcessor processor = shells.get();
            session = processor == null ? null : processor.createSession(InputStream.nullInputStream(), out, err);
        }
        return session;
    }

    /** Command errors that are sentences stay as they are; others get the type of what was thrown. */
    private static String sentence(Throwable thrown) {
        String message = thrown.getMessage();
        if (thrown instanceof InterruptedException) {
            return "The command was interrupted.";
        }
        if (isWithoutOwner(thrown)) {
            return "The plug-in that offers this command does not work at the moment; see plugin:list.";
        }
        if (message == null) {
            return Failures.sentence(thrown);
        }
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.startsWith("command not found")) {
            return message + "; see help for all commands.";
        }
        if (lower.startsWith("cannot coerce")) {
            return "The command does not take these arguments; see help. (" + message + ")";
        }
        return thrown instanceof IllegalArgumentException || thrown instanceof IllegalStateException
                ? message
                : Failures.sentence(thrown);
    }

    /** Gogo calls a command on null when the component that offers it cannot be activated. */
    private static boolean isWithoutOwner(Throwable thrown) {
        StackTraceElement[] stack = thrown.getStackTrace();
        return thrown instanceof NullPointerException
                && stack.length > 0
                && stack[0].getClassName().equals("org.apache.felix.gogo.runtime.Reflective");
    }
}
