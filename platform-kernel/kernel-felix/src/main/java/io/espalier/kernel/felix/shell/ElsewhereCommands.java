package io.espalier.kernel.felix.shell;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.osgi.framework.ServiceReference;

/**
 * Knows of commands that are not here but in another kernel, or of a plug-in that does not work. A plug-in says so by any service
 * with two properties: {@code espalier.commands.elsewhere}, a list of scopes, and {@code espalier.commands.sentence}, what to say after
 * a command's name.
 */
public final class ElsewhereCommands {
    /** The filter of such services. */
    public static final String FILTER = "(&(espalier.commands.elsewhere=*)(espalier.commands.sentence=*))";

    private final Supplier<List<ServiceReference<?>>> services;
    private final IdleCommands idle;

    /**
     * Reads nothing yet.
     *
     * @param services those that the filter matches now
     */
    public ElsewhereCommands(Supplier<List<ServiceReference<?>>> services, IdleCommands idle) {
        this.idle = requireNonNull(idle, "idle is null");
        this.services = requireNonNull(services, "services is null");
    }

    /**
     * Where a command is.
     *
     * @param command as {@code scope:function}
     * @return a sentence, empty when nobody knows
     */
    Optional<String> sentence(String command) {
        int colon = command.indexOf(':');
        String scope = command.substring(0, Math.max(0, colon));
        return idle.sentence(command, scope).or(() -> elsewhere(command, scope));
    }

    private Optional<String> elsewhere(String command, String scope) {
        return services.get().stream()
                .filter(one -> one.getProperty("espalier.commands.elsewhere") instanceof String[] scopes
                        && Arrays.asList(scopes).contains(scope))
                .findFirst()
                .map(one -> command + " " + one.getProperty("espalier.commands.sentence"));
    }
}
