package io.espalier.gateway.osgi;

import io.espalier.stream.cluster.KafkaCluster;
import java.util.LinkedHashMap;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** An external Kafka cluster, present as soon as {@code etc/kafka.cluster.json} names its brokers. */
@Component(
        service = KafkaCluster.class,
        configurationPid = ConfiguredCluster.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = ConfiguredCluster.Config.class)
public final class ConfiguredCluster implements KafkaCluster {
    static final String PID = "kafka.cluster";

    private final String name;
    private final Map<String, Object> properties;

    /** {@code etc/kafka.cluster.json}. */
    @ObjectClassDefinition(name = "Kafka cluster", description = "An external Kafka cluster.")
    public @interface Config {
        @AttributeDefinition(description = "Name of the cluster; the one named main is preferred.")
        String name() default "main";

        @AttributeDefinition(description = "Brokers to connect to first, as host:port, joined by commas.")
        String bootstrap$_$servers();

        @AttributeDefinition(
                required = false,
                description = "More properties for every client, each as key=value, for instance for TLS and SASL.")
        String[] client$_$properties() default {};
    }

    /** @throws IllegalArgumentException with a sentence when the configuration cannot be meant so */
    @Activate
    public ConfiguredCluster(Config config) {
        name = config.name();
        properties = properties(config.bootstrap$_$servers(), config.client$_$properties());
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

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<String, Object> clientProperties() {
        return properties;
    }
}
