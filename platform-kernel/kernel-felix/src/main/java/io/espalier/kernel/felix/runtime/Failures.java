package io.espalier.kernel.felix.runtime;

import static io.espalier.kernel.plugin.PluginException.Code.REFUSED;
import static io.espalier.kernel.plugin.PluginException.Code.THREW;

import io.espalier.kernel.plugin.PluginException;
import io.espalier.kernel.plugin.PluginId;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.BundleException;

/** Turns what a bundle or the framework threw into one sentence. */
public final class Failures {
    private static final Pattern OWN = Pattern.compile("io\\.espalier\\.[\\w.$]+: (\\S.*\\.)\\s*$");

    private Failures() {}

    /**
     * What a failed step of a plug-in is reported as.
     *
     * @param step start, stop or removal
     */
    static PluginException of(PluginId id, String step, Throwable thrown) {
        Throwable cause = root(thrown);
        if (cause instanceof BundleException) {
            return new PluginException(
                    REFUSED, "The framework refused the " + step + " of " + id + ": " + sentence(cause), thrown);
        }
        return new PluginException(THREW, "The " + step + " of " + id + " failed: " + sentence(cause), cause);
    }

    /** The throwable inside wrappers that say nothing themselves. */
    public static Throwable root(Throwable thrown) {
        Throwable found = thrown;
        while (isWrapper(found) && found.getCause() != null && found.getCause() != found) {
            found = found.getCause();
        }
        return found;
    }

    /** What was thrown, with its message and the line of code it came from. */
    public static String sentence(Throwable thrown) {
        Throwable cause = root(thrown);
        String message = cause.getMessage();
        StackTraceElement[] trace = cause.getStackTrace();
        String where = trace.length == 0 || cause instanceof BundleException ? "" : " (" + trace[0] + ")";
        String what = cause instanceof BundleException && message != null
                ? message
                : cause.getClass().getName() + (message == null ? "" : ": " + message);
        return what + where + (where.isEmpty() && what.endsWith(".") ? "" : ".");
    }

    /**
     * The sentence in which a plug-in of ours says itself what failed and what mends it: no stack trace tells more.
     *
     * @param described what a throwable's {@code toString()} gives
     */
    public static Optional<String> ownSentence(String described) {
        Matcher found = OWN.matcher(described);
        return found.lookingAt() ? Optional.of(found.group(1)) : Optional.empty();
    }

    private static boolean isWrapper(Throwable thrown) {
        return thrown instanceof BundleException
                || thrown instanceof InvocationTargetException
                || thrown instanceof ExceptionInInitializerError;
    }
}
