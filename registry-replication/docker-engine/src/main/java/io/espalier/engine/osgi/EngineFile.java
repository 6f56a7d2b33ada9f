package io.espalier.engine.osgi;

import io.espalier.engine.node.EngineSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration of the engine's use as it was when it was last right. It is offered a second time, marked as {@link #RIGHT},
 * whenever other settings come into force, so that the use begins anew with them; a mistake that the kernel cannot see, which knows
 * only names and types, takes neither the release gate nor the tests away.
 */
@Component(service = EngineFile.class, immediate = true, configurationPid = EngineConfig.PID)
@Designate(ocd = EngineConfig.class)
public final class EngineFile {
    /** What the engine's use refers to. */
    static final String RIGHT = "(right=true)";

    private static final Logger LOG = LoggerFactory.getLogger(EngineFile.class);
    /** The framework property that names the data folder. */
    private static final String DATA_FOLDER = "espalier.data";

    private final BundleContext context;
    private final Path folder;
    private volatile EngineSettings settings;
    private volatile String mistake = "";
    private ServiceRegistration<?> offered;

    /** @throws IllegalArgumentException that names everything that is wrong with the configuration */
    @Activate
    public EngineFile(BundleContext context, EngineConfig config) {
        this.context = context;
        this.folder = Path.of(Objects.requireNonNullElse(context.getProperty(DATA_FOLDER), "data"))
                .resolve("engine")
                .toAbsolutePath();
        this.settings = EngineSettings.read(texts(config), folder);
        this.offered = offer();
    }

    private ServiceRegistration<?> offer() {
        return context.registerService(
                EngineFile.class, this, FrameworkUtil.asDictionary(Map.of("right", Boolean.TRUE)));
    }

    /** Takes another configuration, unless something is wrong with it. */
    @Modified
    void modified(EngineConfig config) {
        EngineSettings fresh;
        try {
            fresh = EngineSettings.read(texts(config), folder);
        } catch (IllegalArgumentException wrong) {
            mistake = wrong.getMessage() + " The former settings stay in force.";
            LOG.warn("{}", mistake);
            return;
        }
        mistake = "";
        offered.unregister();
        settings = fresh;
        offered = offer();
    }

    static EngineSettings.Texts texts(EngineConfig config) {
        return new EngineSettings.Texts(
                config.socket(),
                config.arrivals(),
                config.gate(),
                List.of(config.repositories()),
                List.of(config.commands()),
                config.stay$_$up$_$seconds(),
                config.time$_$limit$_$seconds(),
                config.memory$_$bytes(),
                config.cpus(),
                config.pids(),
                config.network(),
                config.read$_$only(),
                config.parallel$_$tests(),
                config.keep$_$logs(),
                config.registry$_$host());
    }

    @Deactivate
    void stop() {
        offered.unregister();
    }

    /** What is in force. */
    EngineSettings settings() {
        return settings;
    }

    /** What is wrong with the file as it is now, as a sentence; empty when it is in force. */
    Optional<String> mistake() {
        return mistake.isEmpty() ? Optional.empty() : Optional.of(mistake);
    }
}
