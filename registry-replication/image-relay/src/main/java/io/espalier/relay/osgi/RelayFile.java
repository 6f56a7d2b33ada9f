package io.espalier.relay.osgi;

import io.espalier.relay.node.RelayException;
import io.espalier.relay.node.RelaySettings;
import io.espalier.relay.node.RelayTexts;
import io.espalier.relay.node.SettingsReader;
import io.espalier.relay.node.StoreTexts;
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
 * The relay's configuration as it was when it was last right. It is offered a second time, marked as {@link #RIGHT}, whenever other
 * settings come into force, so that the relay begins anew with them; a mistake that the kernel cannot see, which knows only names
 * and types, leaves the running relay as it is.
 */
@Component(service = RelayFile.class, immediate = true, configurationPid = RelayConfig.PID)
@Designate(ocd = RelayConfig.class)
public final class RelayFile {
    /** What the relay refers to. */
    static final String RIGHT = "(right=true)";

    private static final Logger LOG = LoggerFactory.getLogger(RelayFile.class);
    /** The framework property that names the data folder. */
    private static final String DATA_FOLDER = "espalier.data";

    private final BundleContext context;
    private final Path folder;
    private volatile RelaySettings settings;
    private volatile String mistake = "";
    private ServiceRegistration<?> offered;

    /** @throws RelayException that names everything that is wrong with the configuration */
    @Activate
    public RelayFile(BundleContext context, RelayConfig config) throws RelayException {
        this.context = context;
        this.folder = Path.of(Objects.requireNonNullElse(context.getProperty(DATA_FOLDER), "data"))
                .resolve("relay");
        this.settings = read(config);
        this.offered = offer();
    }

    private RelaySettings read(RelayConfig config) throws RelayException {
        return SettingsReader.read(
                texts(config), folder, context.getBundle().getVersion().toString());
    }

    private ServiceRegistration<?> offer() {
        return context.registerService(
                RelayFile.class, this, FrameworkUtil.asDictionary(Map.of("right", Boolean.TRUE)));
    }

    /** Takes another configuration, unless something is wrong with it. */
    @Modified
    void modified(RelayConfig config) {
        RelaySettings fresh;
        try {
            fresh = read(config);
        } catch (RelayException | IllegalArgumentException wrong) {
            mistake = wrong.getMessage() + " The former settings stay in force.";
            LOG.warn("{}", mistake);
            return;
        }
        mistake = "";
        offered.unregister();
        settings = fresh;
        offered = offer();
    }

    static RelayTexts texts(RelayConfig config) {
        return new RelayTexts(
                config.name(),
                config.host(),
                config.bind(),
                config.port(),
                config.master(),
                config.join$_$token(),
                config.site(),
                config.registry$_$url(),
                config.registry$_$user(),
                config.registry$_$password(),
                config.registry$_$ca$_$file(),
                List.of(config.registry$_$insecure$_$http()),
                config.spool$_$bytes(),
                config.uplink$_$bytes$_$per$_$second(),
                config.max$_$children(),
                config.insecure$_$plain$_$http(),
                new StoreTexts(config.store$_$bind(), config.store$_$port(), config.store$_$bytes()));
    }

    @Deactivate
    void stop() {
        offered.unregister();
    }

    /** What is in force. */
    RelaySettings settings() {
        return settings;
    }

    /** What is wrong with the file as it is now, as a sentence; empty when it is in force. */
    Optional<String> mistake() {
        return mistake.isEmpty() ? Optional.empty() : Optional.of(mistake);
    }
}
