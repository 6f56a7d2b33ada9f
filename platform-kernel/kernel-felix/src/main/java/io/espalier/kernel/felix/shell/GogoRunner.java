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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.jspecify.annotations.Nullable;

/**
 * Runs command lines in a Gogo session. Whatever a command throws, Errors included, becomes one sentence. A command's help is what it
 * throws as an {@link IllegalArgumentException} that begins with {@code Usage:}; where {@code --help} brings no such, it is what the
 * shell knows of the command.
 */
public final class GogoRunner implements CommandRunner {
    private static final String USAGE = "Usage: ";
    private static final String NOT_FOUND = "command not found";
    private static final Pattern HELP = Pattern.compile("\\s*([a-z0-9-]+:[a-zA-Z0-9-]+)\\s+(?:--help|-h)\\s*");

    private final Supplier<@Nullable CommandProcessor> shells;
    private final ElsewhereCommands elsewhere;
    private final PrintStream out;
    private final PrintStream err;
    private @Nullable CommandSession session;

    /**
     * A runner for one client.
     *
     * @param shells gives null while there is no shell
     * @param elsewhere knows where commands are that are not here
     */
    public GogoRunner(
            Supplier<@Nullable CommandProcessor> shells,
            ElsewhereCommands elsewhere,
            OutputStream out,
            OutputStream err) {
        this.elsewhere = requireNonNull(elsewhere, "elsewhere is null");
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
            return failed(ready, line, Failures.root(e));
        } finally {
            out.flush();
            err.flush();
        }
    }

    private int failed(CommandSession ready, String line, Throwable thrown) {
        String message = String.valueOf(thrown.getMessage());
        if (thrown instanceof IllegalArgumentException && message.startsWith(USAGE)) {
            out.println(message);
            return 0;
        }
        Matcher help = HELP.matcher(line);
        if (help.matches() && !isNotFound(message) && isHelpShown(ready, help.group(1))) {
            return 0;
        }
        err.println(sentence(thrown, line));
        return 1;
    }

    private boolean isHelpShown(CommandSession ready, String command) {
        try {
            print(ready, ready.execute("help " + command));
            return true;
        } catch (Exception | Error e) {
            return false;
        }
    }

    private static boolean isNotFound(String message) {
        return message.toLowerCase(Locale.ROOT).startsWith(NOT_FOUND);
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
    private String sentence(Throwable thrown, String line) {
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
        if (isNotFound(message)) {
            return elsewhere
                    .sentence(line.strip().split("\\s+", 2)[0])
                    .orElseGet(() -> message + "; see help for all commands.");
        }
        if (message.toLowerCase(Locale.ROOT).startsWith("cannot coerce")) {
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
