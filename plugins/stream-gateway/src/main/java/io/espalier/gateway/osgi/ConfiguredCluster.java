package io.espalier.gateway.osgi;

import io.espalier.stream.cluster.KafkaCluster;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Offers an external Kafka cluster as a service as soon as {@code etc/kafka.cluster.json} names its brokers. */
@Component(
        service = {},
        immediate = true,
        configurationPid = ConfiguredCluster.PID)
@Designate(ocd = ConfiguredCluster.Config.class)
public final class ConfiguredCluster {
    static final String PID = "kafka.cluster";

    private final @Nullable ServiceRegistration<KafkaCluster> registration;

    /** {@code etc/kafka.cluster.json}. */
    @ObjectClassDefinition(name = "Kafka cluster", description = "An external Kafka cluster.")
    public @interface Config {
        @AttributeDefinition(description = "Name of the cluster; the one named main is preferred.")
        String name() default "main";

        @AttributeDefinition(
                description = "Brokers to connect to first, as host:port, joined by commas; empty for none.")
        String bootstrap$_$servers() default "";

        @AttributeDefinition(
                required = false,
                description = "More properties for every client, each as key=value, for instance for TLS and SASL.")
        String[] client$_$properties() default {};
    }

    /** @throws IllegalArgumentException with a sentence when the configuration cannot be meant so */
    @Activate
    public ConfiguredCluster(BundleContext context, Config config) {
        registration = config.bootstrap$_$servers().isBlank() ? null : register(context, config);
    }

    private static ServiceRegistration<KafkaCluster> register(BundleContext context, Config config) {
        Cluster cluster =
                new Cluster(config.name(), properties(config.bootstrap$_$servers(), config.client$_$properties()));
        return context.registerService(
                KafkaCluster.class, cluster, FrameworkUtil.asDictionary(Map.of("name", cluster.name())));
    }

    /** Withdraws the service. */
    @Deactivate
    public void deactivate() {
        if (registration != null) {
            registration.unregister();
        }
    }

    static Map<String, Object> properties(String bootstrapServers, String... clientProperties) {
        for (String server : bootstrapServers.split(",", -1)) {
            if (!server.strip().matches("[^\\s:]+:\\d{1,5}|\\[[0-9a-fA-F:]+]:\\d{1,5}")) {
                throw new IllegalArgumentException("bootstrap-servers of " + PID + " has '" + server.strip()
                        + "'; write host:port, several joined by commas.");
            }
        }
        Map<String, Object> all = new LinkedHashMap<>();
        for (String property : clientProperties) {
            int equals = property.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "client-properties of " + PID + " has an entry without '='; write each as key=value.");
            }
            all.put(
                    property.substring(0, equals).strip(),
                    property.substring(equals + 1).strip());
        }
        all.put("bootstrap.servers", bootstrapServers);
        return Map.copyOf(all);
    }

    private record Cluster(String name, Map<String, Object> clientProperties) implements KafkaCluster {}
}
