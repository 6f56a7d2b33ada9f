package io.espalier.replication.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.node.HarborNode;
import io.espalier.harbor.run.LabelRule;
import io.espalier.harbor.run.RunSettings;
import io.espalier.harbor.tree.EdgeSettings;
import io.espalier.relay.protocol.SecretOpener;
import io.espalier.replication.harbor.HarborLines;
import io.espalier.replication.harbor.HarborService;
import io.espalier.replication.harbor.HarborSettings;
import io.espalier.replication.node.ControllerNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the Harbors that are configured, if any. It begins as soon as the master's relay can open their secrets, and goes on while
 * that relay is replaced.
 */
@Component(service = HarborComponent.class, immediate = true, configurationPid = HarborConfig.PID)
@Designate(ocd = HarborConfig.class)
public final class HarborComponent {
    private static final Logger LOG = LoggerFactory.getLogger(HarborComponent.class);
    private static final String DATA_FOLDER = "espalier.data";
    private static final String NONE = "No Harbors are configured; name them in etc/" + HarborConfig.PID + ".json.";
    private static final String WAITING =
            "The Harbors wait for the master's relay, which opens their secrets; start the bundle image-relay here.";

    private final ControllerComponent controller;
    private final HarborConfig config;
    private final Path data;
    private @Nullable SecretOpener opener;
    private @Nullable HarborService service;
    private boolean active;
    private String problem;

    /**
     * Reads the configuration; asks no Harbor yet.
     *
     * @throws IllegalArgumentException that names everything that is wrong with the configuration
     */
    @Activate
    public HarborComponent(BundleContext context, HarborConfig config, @Reference ControllerComponent controller) {
        this.controller = requireNonNull(controller, "controller is null");
        this.config = requireNonNull(config, "config is null");
        this.data = Path.of(Objects.requireNonNullElse(context.getProperty(DATA_FOLDER), "data"));
        List<HarborNode> harbors = new HarborLines((setting, value) -> value).read(List.of(config.harbors()));
        problem = harbors.isEmpty() ? NONE : WAITING;
        active = !harbors.isEmpty();
        if (active) {
            settings((setting, value) -> value);
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindSecrets(SecretOpener found) {
        synchronized (this) {
            opener = found;
            if (!active || service != null) {
                return;
            }
        }
        // Without the lock, for the controller may call back at once.
        controller.whenStarted(this::begin);
    }

    synchronized void unbindSecrets(SecretOpener gone) {
        if (gone.equals(opener)) {
            opener = null;
        }
    }

    private synchronized void begin(ControllerNode node) {
        SecretOpener secrets = opener;
        if (!active || secrets == null || service != null) {
            return;
        }
        try {
            service = node.driveHarbors(settings(secrets), RunSettings.DEFAULT);
            LOG.info("{} Harbors are driven.", config.harbors().length);
        } catch (IllegalArgumentException wrong) {
            problem = String.valueOf(wrong.getMessage());
            LOG.error("{}", problem);
        }
    }

    private HarborSettings settings(SecretOpener secrets) {
        return new HarborSettings(
                config.cluster(),
                new HarborLines(secrets).read(List.of(config.harbors())),
                new EdgeSettings(config.copy$_$by$_$chunk(), config.kilobytes$_$per$_$second()),
                secrets.open("webhook-token", config.webhook$_$token()),
                config.automatic(),
                new LabelRule(List.of(config.labels()), List.of(config.labels$_$excluded())),
                data.resolve("replication/harbor-tree"));
    }

    /** Ends what runs. */
    @Deactivate
    synchronized void stop() {
        active = false;
        HarborService running = service;
        service = null;
        if (running != null) {
            running.close();
        }
    }

    /** The Harbors, or a sentence why there are none. */
    synchronized HarborService service() {
        HarborService running = service;
        if (running == null) {
            throw new IllegalStateException(problem);
        }
        return running;
    }
}
