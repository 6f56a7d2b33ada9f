package io.espalier.gateway;

import static java.util.Objects.requireNonNull;

import io.espalier.gateway.http.RecordsRoute;
import io.espalier.gateway.intake.Intake;
import io.espalier.gateway.kafka.KafkaWriterPool;
import io.espalier.gateway.lane.GatewayIdentity;
import io.espalier.gateway.lane.Lanes;
import io.espalier.gateway.lane.QueueView;
import io.espalier.gateway.lane.WriterPool;
import io.espalier.gateway.memory.MemoryShares;
import io.espalier.http.DoorException;
import io.espalier.http.HttpDoor;
import io.espalier.stream.catalog.StreamDirectory;
import io.espalier.stream.cluster.KafkaCluster;
import io.espalier.stream.stage.StreamCounts;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open gateway. Safe for use by many threads. */
public final class Gateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    private final GatewaySettings settings;
    private final Lanes lanes;
    private final MemoryShares memory;
    private final HttpDoor door;

    private Gateway(GatewaySettings settings, Lanes lanes, MemoryShares memory, HttpDoor door) {
        this.settings = settings;
        this.lanes = lanes;
        this.memory = memory;
        this.door = door;
    }

    /**
     * Opens the gateway's door; without a cluster it answers 503.
     *
     * @param directory the catalog's directory, or null while there is no catalog
     */
    public static Gateway open(GatewaySettings settings, Supplier<@Nullable StreamDirectory> directory, Clock clock)
            throws DoorException {
        requireNonNull(directory, "directory is null");
        Lanes lanes = new Lanes(settings.lane(), new GatewayIdentity(settings.id(), clock.millis()));
        MemoryShares memory = settings.memory();
        Intake intake = new Intake(directory, lanes, memory, settings.report());
        RecordsRoute route = new RecordsRoute(intake, settings.report(), settings.requestTimeout(), clock);
        return new Gateway(settings, lanes, memory, HttpDoor.open(settings.door(), route::addTo));
    }

    /** Writes to that cluster from now on, or to none. Waits some seconds at most for what is in flight. */
    public void useCluster(@Nullable KafkaCluster cluster) {
        if (cluster == null) {
            usePool(null);
            LOG.info("The gateway has no Kafka cluster; it answers 503.");
        } else {
            usePool(new KafkaWriterPool(cluster.clientProperties(), settings.writer()));
            LOG.info("The gateway writes to the Kafka cluster {}.", cluster.name());
        }
    }

    void usePool(@Nullable WriterPool pool) {
        lanes.use(pool);
    }

    public int port() {
        return door.port();
    }

    /** What has been counted for each stream seen. */
    public List<StreamCounts> counts() {
        return lanes.counts();
    }

    /** The queues of the streams seen. */
    public List<QueueView> queues() {
        return lanes.queues();
    }

    /** Bytes that requests of all streams hold now. */
    public long heldBytes() {
        return memory.heldBytes();
    }

    int activeLanes() {
        return lanes.active();
    }

    /** Settles or answers what is under way, then closes the door; takes some seconds at most. */
    @Override
    public void close() {
        lanes.close();
        door.close();
    }
}
