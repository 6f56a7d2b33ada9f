package io.espalier.kafka.osgi;

import io.espalier.kafka.supervisor.BrokerListener;
import io.espalier.kafka.supervisor.BrokerStatus;
import io.espalier.kafka.supervisor.BrokerSupervisor;
import io.espalier.kafka.supervisor.SupervisorSettings;
import io.espalier.stream.cluster.KafkaCluster;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Keeps the broker running and offers it as the {@link KafkaCluster} named {@code main} once it serves.
 *
 * <p>Activation returns at once. A broker that dies is started again while the service stays: clients retry. The service
 * goes only when the broker has been down for five minutes. A changed configuration starts the broker anew.
 */
@Component(service = EmbeddedKafkaComponent.class, configurationPid = EmbeddedKafkaConfiguration.PID, immediate = true)
@Designate(ocd = EmbeddedKafkaConfiguration.class)
public final class EmbeddedKafkaComponent {
    private static final String CLUSTER = "main";

    private final BundleContext context;
    private final BrokerSupervisor supervisor;
    private final KafkaCluster cluster;
    private @Nullable ServiceRegistration<KafkaCluster> registration;
    private boolean stopped;

    @Activate
    public EmbeddedKafkaComponent(BundleContext context, EmbeddedKafkaConfiguration configuration) {
        this.context = context;
        SupervisorSettings settings = BrokerPlan.of(configuration, name -> property(context, name));
        this.cluster = new EmbeddedCluster(CLUSTER, settings.bootstrapServers());
        this.supervisor = new BrokerSupervisor(settings, new BrokerListener() {
            @Override
            public void available() {
                register();
            }

            @Override
            public void unavailable() {
                withdraw();
            }
        });
        supervisor.start();
    }

    @Deactivate
    void deactivate() throws InterruptedException {
        synchronized (this) {
            stopped = true;
        }
        // First the clients, then the broker.
        withdraw();
        supervisor.stop();
    }

    BrokerStatus status() {
        return supervisor.status();
    }

    private void register() {
        ServiceRegistration<KafkaCluster> made = context.registerService(
                KafkaCluster.class, cluster, FrameworkUtil.asDictionary(Map.of("name", CLUSTER)));
        ServiceRegistration<KafkaCluster> tooLate = null;
        synchronized (this) {
            if (stopped) {
                tooLate = made;
            } else {
                registration = made;
            }
        }
        if (tooLate != null) {
            tooLate.unregister();
        }
    }

    private void withdraw() {
        ServiceRegistration<KafkaCluster> made;
        synchronized (this) {
            made = registration;
            registration = null;
        }
        if (made != null) {
            made.unregister();
        }
    }

    /** The framework answers null for a property that is not set. */
    @SuppressWarnings("NullAway")
    private static String property(BundleContext context, String name) {
        String value = context.getProperty(name);
        return value == null ? "" : value;
    }

    private record EmbeddedCluster(String name, String bootstrapServers) implements KafkaCluster {
        @Override
        public Map<String, Object> clientProperties() {
            return Map.of("bootstrap.servers", bootstrapServers);
        }
    }
}
