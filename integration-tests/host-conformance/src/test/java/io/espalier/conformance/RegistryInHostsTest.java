package io.espalier.conformance;

import static io.espalier.conformance.host.Host.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.conformance.host.Components;
import io.espalier.conformance.host.HealthChecks;
import io.espalier.conformance.host.Host;
import io.espalier.conformance.host.HostKind;
import io.espalier.conformance.host.HostThread;
import io.espalier.conformance.host.HttpAnswer;
import io.espalier.conformance.host.JdkSlots;
import io.espalier.conformance.host.RegistryInHost;
import io.espalier.conformance.host.Shell;
import io.espalier.conformance.host.Traces;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every plug-in of the profile {@code registry-master} in frameworks without our kernel, beside a real registry. */
@RequiresProgram("docker-registry")
class RegistryInHostsTest {
    private static final String NODE = "paris";
    private static final String IMAGE = "shop/web:v1";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void theMasterWorksInTheHostAndLeavesNothing(HostKind kind) throws Exception {
        SampleImage image = SampleImages.oci(1, 400_000);
        try (RegistryServer registry =
                RegistryServer.in(folder.resolve("registry")).start()) {
            ImagePusher.to(registry.uri()).push(image, "shop/web", "v1");
            Traces before = Traces.now();
            run(kind, registry, image, before);
            JdkSlots.displace();
            await("threads, ports and MBeans to be gone").atMost(SOON).untilAsserted(() -> {
                System.gc(); // the JDK's HTTP client and Vert.x's cleaner end their threads when they are garbage
                assertThat(before.leftSince()).isEmpty();
            });
        }
    }

    /** Holds the host in no other frame, so that it can be garbage afterwards. */
    private void run(HostKind kind, RegistryServer registry, SampleImage image, Traces before) throws Exception {
        try (RegistryInHost master =
                HostThread.call(() -> RegistryInHost.start(kind, folder.resolve("host"), registry.uri(), NODE))) {
            componentsAreSatisfied(master);
            theRelayOfTheMasterIsAMember(master);
            var unused = HostThread.call(() -> commandsAnswer(master, image));
            unused = HostThread.call(() -> aMistakeLeavesTheRunningPluginsAsTheyAre(master));
            assertThat(before.leftSince())
                    .as("traces of the running plug-ins; without any this test could not fail")
                    .anyMatch(left -> left.startsWith("thread "))
                    .anyMatch(left -> left.startsWith("port "));
        }
    }

    private static void componentsAreSatisfied(RegistryInHost master) throws Exception {
        master.host().awaitWorking();
        assertThat(new Components(master.host().context())
                        .described(master.host().bundles()))
                .hasSizeGreaterThanOrEqualTo(6);
    }

    private static void theRelayOfTheMasterIsAMember(RegistryInHost master) {
        await("the master's own relay to be enrolled").atMost(SOON).untilAsserted(() -> {
            HttpAnswer nodes = HttpAnswer.get(master.controller("/v1/nodes"));
            assertThat(nodes.status()).as(nodes.body()).isEqualTo(200);
            assertThat(nodes.body()).contains("\"id\":\"" + NODE + "\"").contains("\"connected\":true");
        });
    }

    /** What each command of the plug-ins prints at least, in the order of their running. */
    private Map<String, String> commands(SampleImage image) throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "secret\n");
        Map<String, String> commands = new LinkedHashMap<>();
        commands.put("node:list", NODE + " (master)");
        commands.put("node:token --ttl 5m --uses 2", "Good for 2 nodes");
        commands.put("node:remove nobody", "There is no node 'nobody'");
        commands.put("node:backup " + folder.resolve("master.tar"), "which is a secret");
        commands.put("tree:show", NODE);
        commands.put("tree:plan --size 1GB --explain", NODE);
        commands.put("tree:measure", "at least two nodes must be connected");
        commands.put("image:push " + IMAGE, image.digest());
        commands.put("image:status " + IMAGE, IMAGE);
        commands.put("image:where " + IMAGE, image.digest());
        commands.put("image:release " + IMAGE, image.digest());
        commands.put("image:verify " + IMAGE, "whole and right at 1 of 1 nodes");
        commands.put("image:retention", "No retention is set");
        commands.put("image:remove " + IMAGE + " --dry-run", "nothing was removed");
        commands.put("image:removals", "No image is gone from the master's registry");
        commands.put("relay:status", "Connected to");
        commands.put("relay:resume", "Nothing of the kind was paused");
        commands.put("control:list", "images,resync");
        commands.put("control:grant nobody plan master", "nobody may plan at master");
        commands.put("control:revoke nothing", "There is no rule 'nothing'");
        commands.put("control:ask images", IMAGE + " " + image.digest());
        commands.put("control:audit", "DONE");
        commands.put("relay:seal " + password, "sealed:");
        commands.put("engine:status", "There is no Docker engine");
        commands.put("engine:test " + IMAGE, "There is no Docker engine");
        commands.put("engine:logs " + IMAGE, IMAGE);
        for (String command : List.of(
                "harbor:list", "harbor:push library/app:1", "harbor:status", "tree:apply --harbor", "tree:remove")) {
            commands.put(command, "No Harbors are configured");
        }
        return commands;
    }

    private boolean commandsAnswer(RegistryInHost master, SampleImage image) throws Exception {
        Shell shell = new Shell(master.host().context());
        Map<String, String> commands = commands(image);
        assertThat(commands.keySet().stream().map(line -> line.split(" ", 2)[0]))
                .as("commands that are run here, and those that the plug-ins have")
                .containsExactlyInAnyOrderElementsOf(
                        Shell.commands(master.host().plugins().values()));
        for (Map.Entry<String, String> command : commands.entrySet()) {
            await("an answer of " + command.getKey()).atMost(SOON).untilAsserted(() -> assertThat(
                            answer(shell, command.getKey()))
                    .contains(command.getValue()));
        }
        return true;
    }

    /** The types are right, so that only the plug-ins see what is wrong. */
    private static boolean aMistakeLeavesTheRunningPluginsAsTheyAre(RegistryInHost master) throws Exception {
        Host host = master.host();
        Map<String, Map<String, Object>> mistakes = Map.of(
                "replication.controller", Map.of("release-gate", "maybe"),
                "image.relay", Map.of("name", NODE, "master", "no address at all"),
                "docker.engine", Map.of("socket", "tcp://engine:2375"));
        for (Map.Entry<String, Map<String, Object>> each : mistakes.entrySet()) {
            host.configure(each.getKey(), each.getValue());
        }
        for (String pid : mistakes.keySet()) {
            await("the mistake in " + pid + " in the health checks")
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(HealthChecks.lines(host.context()))
                            .anyMatch(line -> line.startsWith("WARN ")
                                    && line.contains("The configuration " + pid + " has ")
                                    && line.contains("The former settings stay in force.")));
        }
        assertThat(HttpAnswer.get(master.controller("/v1/nodes")).body())
                .contains("\"id\":\"" + NODE + "\"")
                .contains("\"connected\":true");
        assertThat(answer(new Shell(host.context()), "engine:status")).contains("There is no Docker engine");
        master.moveController();
        await("the controller at its other port, without a mistake")
                .atMost(SOON)
                .ignoreException(ConnectException.class)
                .untilAsserted(() -> {
                    assertThat(HttpAnswer.get(master.controller("/v1/nodes")).body())
                            .contains(NODE);
                    assertThat(HealthChecks.lines(host.context()))
                            .noneMatch(line -> line.contains("The configuration replication.controller"));
                });
        return true;
    }

    /** What a person sees; a command that fails says why. */
    private static String answer(Shell shell, String line) {
        try {
            return shell.run(line);
        } catch (Exception refused) {
            return String.valueOf(refused.getMessage());
        }
    }
}
