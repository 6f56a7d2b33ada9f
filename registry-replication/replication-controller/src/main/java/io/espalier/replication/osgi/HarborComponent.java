package io.espalier.replication.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.run.RunSettings;
import io.espalier.harbor.tree.EdgeSettings;
import io.espalier.relay.protocol.SecretOpener;
import io.espalier.replication.harbor.HarborLines;
import io.espalier.replication.harbor.HarborService;
import io.espalier.replication.harbor.HarborSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/** Drives Harbors as long as they are configured and the controller and the master's relay run. */
@Component(
        service = HarborComponent.class,
        immediate = true,
        configurationPid = HarborConfig.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = HarborConfig.class)
public final class HarborComponent {
    private static final String DATA_FOLDER = "espalier.data";

    private final HarborService service;

    /**
     * Begins; asks no Harbor yet.
     *
     * @throws IllegalArgumentException that names everything that is wrong with the configuration
     */
    @Activate
    public HarborComponent(
            BundleContext context,
            HarborConfig config,
            @Reference ControllerComponent controller,
            @Reference SecretOpener secrets) {
        requireNonNull(controller, "controller is null");
        Path data = Path.of(Objects.requireNonNullElse(context.getProperty(DATA_FOLDER), "data"));
        String token = secrets.open("webhook-token", config.webhook$_$token());
        HarborSettings settings = new HarborSettings(
                config.cluster(),
                new HarborLines(secrets).read(List.of(config.harbors())),
                new EdgeSettings(config.copy$_$by$_$chunk(), config.kilobytes$_$per$_$second()),
                token,
                config.automatic(),
                data.resolve("replication/harbor-tree"));
        service = controller.node().driveHarbors(settings, RunSettings.DEFAULT);
    }

    @Deactivate
    void stop() {
        service.close();
    }

    HarborService service() {
        return service;
    }
}
