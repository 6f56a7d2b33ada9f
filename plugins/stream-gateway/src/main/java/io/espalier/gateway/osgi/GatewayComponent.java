package io.espalier.gateway.osgi;

import io.espalier.gateway.Gateway;
import io.espalier.gateway.GatewaySettings;
import io.espalier.gateway.lane.QueueView;
import io.espalier.http.DoorException;
import io.espalier.http.osgi.AnnouncedDoor;
import io.espalier.stream.catalog.StreamDirectory;
import io.espalier.stream.cluster.KafkaCluster;
import io.espalier.stream.stage.StreamCounts;
import io.espalier.stream.stage.StreamStage;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The gateway in OSGi: opens its door when activated, whether or not there are a catalog and a cluster, and answers 503 as
 * long as there is none. Shell: {@code gateway:queues}.
 */
@Component(
        service = {StreamStage.class, GatewayComponent.class},
        immediate = true,
        configurationPid = GatewayConfig.PID,
        property = {"osgi.command.scope=gateway", "osgi.command.function=queues"})
@Designate(ocd = GatewayConfig.class)
public final class GatewayComponent implements StreamStage {
    private final KnownClusters clusters = new KnownClusters();
    private final Gateway gateway;
    private final AnnouncedDoor announced;
    private volatile @Nullable StreamDirectory directory;

    @Activate
    public GatewayComponent(BundleContext context, GatewayConfig config) throws DoorException {
        gateway = Gateway.open(settings(config), () -> directory, Clock.systemUTC());
        announced = AnnouncedDoor.announce(
                context, "stream gateway", config.host(), gateway.port(), "/v1/streams/ID/records");
    }

    private static GatewaySettings settings(GatewayConfig config) {
        return new GatewaySettings(
                config.id(),
                config.host(),
                config.port(),
                config.event$_$loops(),
                config.max$_$report$_$bytes(),
                config.queue$_$requests(),
                config.queue$_$bytes(),
                config.total$_$bytes(),
                config.retry$_$after$_$seconds(),
                config.in$_$flight$_$bytes(),
                config.delivery$_$timeout$_$seconds(),
                config.request$_$timeout$_$seconds(),
                config.idle$_$producer$_$close$_$seconds(),
                config.compression());
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void setDirectory(StreamDirectory found) {
        directory = found;
    }

    void unsetDirectory(StreamDirectory gone) {
        if (directory == gone) {
            directory = null;
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addCluster(KafkaCluster cluster) {
        clusters.add(cluster);
        gateway.useCluster(clusters.chosen());
    }

    void removeCluster(KafkaCluster cluster) {
        clusters.remove(cluster);
        gateway.useCluster(clusters.chosen());
    }

    @Deactivate
    void deactivate() {
        announced.close();
        gateway.close();
    }

    @Override
    public String name() {
        return "gateway";
    }

    @Override
    public List<StreamCounts> counts() {
        return gateway.counts();
    }

    /** The port that is listened on. */
    public int port() {
        return gateway.port();
    }

    /** {@code gateway:queues}: one line a stream. */
    public String queues() {
        StringBuilder table = new StringBuilder();
        table.append(String.format(
                Locale.ROOT, "%-40s %10s %12s %12s %14s%n", "STREAM", "REQUESTS", "BYTES", "PUSHED BACK", "STORED"));
        for (QueueView queue : gateway.queues()) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-40s %10d %12d %12d %14d%n",
                    queue.stream(),
                    queue.requests(),
                    queue.bytes(),
                    queue.pushedBack(),
                    queue.stored()));
        }
        return table.toString();
    }
}
