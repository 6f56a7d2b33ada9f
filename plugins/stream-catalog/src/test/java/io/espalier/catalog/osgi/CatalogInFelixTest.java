package io.espalier.catalog.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import io.espalier.catalog.rest.DoorCalls;
import io.espalier.database.DatabasePool;
import io.espalier.http.HttpDoor;
import io.espalier.stream.id.StreamId;
import io.espalier.testkit.kafka.KafkaExtension;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.felix.cm.impl.ConfigurationManager;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.scr.impl.Activator;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.kafka.clients.admin.Admin;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** The bundle as it is shipped, in a bare Felix with real library bundles. */
@Timeout(120)
class CatalogInFelixTest {
    private static final String DIRECTORY = "io.espalier.stream.catalog.StreamDirectory";
    private static final String CLUSTER = "io.espalier.stream.cluster.KafkaCluster";

    @RegisterExtension
    static final KafkaExtension KAFKA = KafkaExtension.inProcess();

    private final Path folder;
    private final Path data;
    private final int port;
    private FelixHost felix;
    private Bundle streamCore;
    private Bundle catalog;

    CatalogInFelixTest(@TempDir Path folder) throws Exception {
        this.folder = folder;
        this.data = folder.resolve("data");
        try (ServerSocket free = new ServerSocket(0)) {
            this.port = free.getLocalPort();
        }
    }

    @BeforeEach
    void boot() throws Exception {
        felix = FelixHost.start(folder.resolve("felix"), data);
        felix.run(Activator.class, ConfigurationManager.class, CommandProcessorImpl.class);
        felix.configure("stream.catalog", Map.of("port", port, "kafka-timeout-millis", 8_000));
        felix.run(
                JsonFactory.class,
                ObjectMapper.class,
                JsonProperty.class,
                JdbcDataSource.class,
                HikariDataSource.class,
                Flyway.class,
                Vertx.class,
                Admin.class,
                HttpDoor.class,
                DatabasePool.class);
        streamCore = felix.install(StreamId.class);
        catalog = felix.install(CatalogComponent.class);
    }

    @AfterEach
    void stop() throws Exception {
        felix.stop();
    }

    @Test
    void answersRestWithoutACluster() throws Exception {
        start();
        DoorCalls door = new DoorCalls(port);

        assertThat(door.get("/v1/streams").response().body()).isEqualTo("{\"streams\":[],\"next\":null}");
        assertThat(door.post("/v1/streams", "{\"id\":\"felix.away.one\"}").fault())
                .isEqualTo("503 NO_CLUSTER");
        assertThat(data.resolve("catalog.mv.db")).exists();
    }

    @Test
    void makesTopicsOnceAClusterIsOffered() throws Exception {
        start();
        offerCluster();
        DoorCalls door = new DoorCalls(port);

        DoorCalls.Answer created = door.post("/v1/streams", "{\"id\":\"felix.rest.one\",\"partitions\":2}");

        assertThat(created.response().body()).contains("\"id\":\"felix.rest.one\"");
        assertThat(created.status()).isEqualTo(201);
    }

    @Test
    void obeysTheShell() throws Exception {
        start();
        offerCluster();

        assertThat(shell("stream:list")).contains("There are no streams");
        assertThat(shell("stream:create felix.shell.one --partitions 2 --terminals=file,hive --max-record-bytes 1000"))
                .isEqualTo("Created stream felix.shell.one with 2 partitions.");
        assertThat(shell("stream:update felix.shell.one --priority 9 --description 'all clicks'"))
                .isEqualTo("Updated stream felix.shell.one to version 2.");
        assertThat(shell("stream:show felix.shell.one"))
                .contains("priority          9", "terminals         file,hive", "max record bytes  1000", "all clicks");
        assertThat(shell("stream:list")).contains("STREAM", "felix.shell.one        2           2         9  realtime");
        assertThatThrownBy(() -> shell("stream:update felix.shell.one --priorty 3"))
                .hasMessage("There is no option --priorty; did you mean --priority?");
        assertThatThrownBy(() -> shell("stream:create felix.shell.two --partitions many --delivery soon"))
                .hasMessageContaining("2 problems")
                .hasMessageContaining("partitions is the text 'many'");
        assertThatThrownBy(() -> shell("stream:show felix.shell.nope"))
                .hasMessageContaining("There is no stream felix.shell.nope");
        assertThat(shell("stream:delete felix.shell.one --delete-topic"))
                .isEqualTo("Deleted stream felix.shell.one with its topic.");
        assertThat(shell("stream:list")).contains("There are no streams");
    }

    @Test
    void saysWhyItDoesNotActivate() throws Exception {
        Files.createDirectories(data);
        Files.writeString(data.resolve("catalog.mv.db"), "This is no database. ".repeat(1_000));
        streamCore.start();
        catalog.start();

        ServiceComponentRuntime components =
                felix.service(ServiceComponentRuntime.class.getName(), ServiceComponentRuntime.class);
        String failure = await("the component's failure")
                .atMost(Duration.ofSeconds(20))
                .until(() -> failureOf(components), found -> !found.isEmpty());

        assertThat(failure)
                .contains("Tried to open the catalog database", "the file is damaged", "restore it from a backup");
        assertThat(felix.find(DIRECTORY)).isNull();
    }

    @Test
    void leavesNoThreadAndNoClassLoaderBehind() throws Exception {
        start();
        offerCluster();
        assertThat(new DoorCalls(port)
                        .post("/v1/streams", "{\"id\":\"felix.leak.one\"}")
                        .status())
                .isEqualTo(201);
        for (int i = 0; i < 3; i++) {
            catalog.stop();
            // A pool's last thread may still be on its way out when its executor has terminated.
            await("the catalog's threads end")
                    .atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(ownThreads()).isEmpty());
            start();
            assertThat(new DoorCalls(port).get("/v1/streams/felix.leak.one").status())
                    .isEqualTo(200);
        }
        WeakReference<ClassLoader> loader = removeCatalog();

        await("the bundle's class loader is collected")
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    System.gc();
                    return loader.get() == null;
                });
    }

    /** Afterwards this test has no reference to the bundle, which would keep its class loader alive. */
    private WeakReference<ClassLoader> removeCatalog() throws Exception {
        Bundle removed = catalog;
        catalog = streamCore;
        ClassLoader loader = removed.adapt(BundleWiring.class).getClassLoader();
        felix.remove(removed);
        return new WeakReference<>(loader);
    }

    private void start() throws Exception {
        streamCore.start();
        catalog.start();
        felix.service(DIRECTORY, Object.class);
    }

    private void offerCluster() throws Exception {
        felix.offer(streamCore, CLUSTER, Map.of("name", "main", "clientProperties", KAFKA.clientProperties()));
    }

    private String shell(String command) throws Exception {
        CommandProcessor processor = felix.service(CommandProcessor.class.getName(), CommandProcessor.class);
        try (CommandSession session = processor.createSession(
                InputStream.nullInputStream(), OutputStream.nullOutputStream(), OutputStream.nullOutputStream())) {
            return String.valueOf(session.execute(command));
        }
    }

    private String failureOf(ServiceComponentRuntime components) {
        ComponentDescriptionDTO description =
                components.getComponentDescriptionDTO(catalog, "io.espalier.catalog.osgi.CatalogComponent");
        List<ComponentConfigurationDTO> found = List.copyOf(components.getComponentConfigurationDTOs(description));
        return found.isEmpty() || found.get(0).failure == null ? "" : found.get(0).failure;
    }

    private static Set<String> ownThreads() {
        Set<String> names = new TreeSet<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            String name = thread.getName();
            if (name.contains("stream-catalog")
                    || name.contains("catalog-database")
                    || name.contains("MVStore")
                    || name.contains("espalier-catalog")) {
                names.add(name);
            }
        }
        return names;
    }
}
