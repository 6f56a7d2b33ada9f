package io.espalier.replication.osgi;

import io.espalier.replication.node.ControllerSettings;
import java.nio.file.Path;
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
 * The controller's configuration as it was when it was last right. It is offered a second time, marked as {@link #RIGHT}, whenever
 * other settings come into force, so that the controller begins anew with them; a mistake that the kernel cannot see, which knows
 * only names and types, leaves the running controller as it is.
 */
@Component(service = ControllerFile.class, immediate = true, configurationPid = ControllerConfig.PID)
@Designate(ocd = ControllerConfig.class)
public final class ControllerFile {
    /** What the controller refers to. */
    static final String RIGHT = "(right=true)";

    private static final Logger LOG = LoggerFactory.getLogger(ControllerFile.class);
    /** The framework property that names the data folder. */
    private static final String DATA_FOLDER = "espalier.data";

    private final BundleContext context;
    private final Path data;
    private volatile ControllerSettings settings;
    private volatile String mistake = "";
    private ServiceRegistration<?> offered;

    /** @throws IllegalArgumentException that names everything that is wrong with the configuration */
    @Activate
    public ControllerFile(BundleContext context, ControllerConfig config) {
        this.context = context;
        this.data = Path.of(Objects.requireNonNullElse(context.getProperty(DATA_FOLDER), "data"));
        this.settings = new ConfigReader(config, data).read();
        this.offered = offer();
    }

    private ServiceRegistration<?> offer() {
        return context.registerService(
                ControllerFile.class, this, FrameworkUtil.asDictionary(Map.of("right", Boolean.TRUE)));
    }

    /** Takes another configuration, unless something is wrong with it. */
    @Modified
    void modified(ControllerConfig config) {
        ControllerSettings fresh;
        try {
            fresh = new ConfigReader(config, data).read();
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

    @Deactivate
    void stop() {
        offered.unregister();
    }

    /** What is in force. */
    ControllerSettings settings() {
        return settings;
    }

    /** What is wrong with the file as it is now, as a sentence; empty when it is in force. */
    Optional<String> mistake() {
        return mistake.isEmpty() ? Optional.empty() : Optional.of(mistake);
    }
}
