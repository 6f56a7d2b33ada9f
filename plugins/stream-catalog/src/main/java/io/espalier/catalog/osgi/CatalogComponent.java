package io.espalier.catalog.osgi;

import io.espalier.catalog.database.CatalogDatabase;
import io.espalier.catalog.node.CatalogNode;
import io.espalier.catalog.node.CatalogSettings;
import io.espalier.catalog.service.CatalogException;
import io.espalier.catalog.service.StreamCatalog;
import io.espalier.http.DoorException;
import io.espalier.http.osgi.AnnouncedDoor;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.catalog.StreamDirectory;
import io.espalier.stream.cluster.KafkaCluster;
import io.espalier.stream.id.StreamId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;

/** Runs the catalog as long as its bundle is active; a Kafka cluster may come and go meanwhile. */
@Component(
        service = {StreamDirectory.class, CatalogComponent.class},
        immediate = true,
        configurationPid = "stream.catalog")
@Designate(ocd = CatalogConfig.class)
public final class CatalogComponent implements StreamDirectory {
    /** The framework property that names the data folder. */
    private static final String DATA_FOLDER = "espalier.data";

    private final CatalogNode node;
    private final AnnouncedDoor announced;

    @Activate
    public CatalogComponent(BundleContext context, CatalogConfig config) throws CatalogException, DoorException {
        node = CatalogNode.start(new CatalogSettings(
                config.host(),
                config.port(),
                config.url().isEmpty() ? defaultUrl(context) : config.url(),
                config.replication$_$factor(),
                Duration.ofMillis(config.kafka$_$timeout$_$millis()),
                config.max$_$changes()));
        announced = AnnouncedDoor.announce(context, "stream catalog", config.host(), node.port(), "/v1/streams");
    }

    private static String defaultUrl(BundleContext context) {
        String folder = Objects.requireNonNullElse(context.getProperty(DATA_FOLDER), "data");
        return CatalogDatabase.fileUrl(Path.of(folder));
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindCluster(KafkaCluster cluster) {
        node.topics().use(cluster);
    }

    void unbindCluster(KafkaCluster cluster) {
        node.topics().forget(cluster);
    }

    @Deactivate
    void stop() {
        announced.close();
        node.close();
    }

    StreamCatalog catalog() {
        return node.catalog();
    }

    @Override
    public Optional<StreamDefinition> find(StreamId id) {
        return node.catalog().directory().find(id);
    }

    @Override
    public List<StreamDefinition> list() {
        return node.catalog().directory().list();
    }
}
