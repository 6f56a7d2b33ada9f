package io.espalier.kernel.felix.shell;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.leak.Leak;
import io.espalier.kernel.leak.LeakSentinel;
import io.espalier.kernel.plugin.PluginException;
import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginView;
import io.espalier.kernel.supervise.PluginSupervisor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The commands {@code plugin:list}, {@code explain}, {@code restart} and {@code leaks}. */
public final class PluginCommands {
    private final PluginSupervisor supervisor;
    private final LeakSentinel sentinel;
    private final Supplier<Map<Path, String>> refused;

    /** @param refused the jars of the drop folder that are refused now, each with its sentence */
    public PluginCommands(PluginSupervisor supervisor, LeakSentinel sentinel, Supplier<Map<Path, String>> refused) {
        this.refused = requireNonNull(refused, "refused is null");
        this.supervisor = requireNonNull(supervisor, "supervisor is null");
        this.sentinel = requireNonNull(sentinel, "sentinel is null");
    }

    /** Every plug-in with its state and, if it is not active, the reason. */
    public String list() {
        Table table = new Table("PLUG-IN", "VERSION", "STATE", "SINCE", "REASON");
        Instant now = Instant.now();
        for (PluginView plugin : supervisor.list()) {
            table.row(
                    plugin.id().name(),
                    plugin.version(),
                    plugin.state().word(),
                    Duration.between(plugin.since(), now).toSeconds() + " s",
                    firstLine(plugin.reason()));
        }
        return table.toString();
    }

    /** Why a plug-in is in the state it is in and what mends it; knows a refused jar by the name of its file. */
    public String explain(String plugin) {
        for (Map.Entry<Path, String> jar : refused.get().entrySet()) {
            String file = jar.getKey().getFileName().toString();
            if (file.equals(plugin) || file.equals(plugin + ".jar")) {
                return file + " is refused: " + jar.getValue();
            }
        }
        try {
            return supervisor.explain(id(plugin)).toString();
        } catch (PluginException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Stops and starts a plug-in and takes it out of quarantine. */
    public String restart(String plugin) {
        try {
            supervisor.restart(id(plugin));
            return "Plug-in " + plugin + " is being restarted; see plugin:list.";
        } catch (PluginException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** What removed plug-ins left behind, looked for now. */
    public String leaks() {
        List<String> lines =
                new ArrayList<>(sentinel.check().stream().map(Leak::sentence).toList());
        if (lines.isEmpty()) {
            lines.add("Removed plug-ins left nothing behind.");
        }
        lines.addAll(sentinel.blindSpots());
        return String.join("\n", lines);
    }

    private static PluginId id(String name) {
        return new PluginId(name);
    }

    private static String firstLine(String reason) {
        return reason.lines().findFirst().orElse("");
    }
}
