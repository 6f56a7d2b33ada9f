package io.espalier.replication.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.node.HarborNode;
import io.espalier.harbor.run.LabelRule;
import io.espalier.harbor.run.RunSettings;
import io.espalier.harbor.tree.EdgeSettings;
import io.espalier.replication.harbor.HarborLines;
import io.espalier.replication.harbor.HarborService;
import io.espalier.replication.harbor.HarborSettings;
import io.espalier.replication.node.ControllerNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the Harbors that are configured, if any. It begins when the controller does, and goes on while the master's relay is
 * replaced.
 */
@Component(service = HarborComponent.class, immediate = true, configurationPid = HarborConfig.PID)
@Designate(ocd = HarborConfig.class)
public final class HarborComponent {
    private static final Logger LOG = LoggerFactory.getLogger(HarborComponent.class);
    private static final String DATA_FOLDER = "espalier.data";
    private static final String NONE = "No Harbors are configured; name them in etc/" + HarborConfig.PID + ".json.";
    private static final String WAITING = "The Harbors wait for the controller, which starts.";

    private final HarborConfig config;
    private final Path data;
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
        requireNonNull(controller, "controller is null");
        this.config = requireNonNull(config, "config is null");
        this.data = Path.of(Objects.requireNonNullElse(context.getProperty(DATA_FOLDER), "data"));
        List<HarborNode> harbors = new HarborLines((setting, value) -> value).read(List.of(config.harbors()));
        problem = harbors.isEmpty() ? NONE : WAITING;
        active = !harbors.isEmpty();
        if (active) {
            settings((setting, value) -> value);
            controller.whenStarted(this::begin);
        }
    }

    private synchronized void begin(ControllerNode node) {
        if (!active || service != null) {
            return;
        }
        try {
            service = node.driveHarbors(settings(new SealedSettings(data)::open), RunSettings.DEFAULT);
            LOG.info("{} Harbors are driven.", config.harbors().length);
        } catch (IllegalArgumentException wrong) {
            problem = String.valueOf(wrong.getMessage());
            LOG.error("{}", problem);
        }
    }

    private HarborSettings settings(BinaryOperator<String> secrets) {
        return new HarborSettings(
                config.cluster(),
                new HarborLines(secrets).read(List.of(config.harbors())),
                new EdgeSettings(config.copy$_$by$_$chunk(), config.kilobytes$_$per$_$second()),
                secrets.apply("webhook-token", config.webhook$_$token()),
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
