package io.espalier.testkit.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.kafka.embedded.LoopbackPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void returnsTheGroupsOfTheLineItWaitsFor(@TempDir Path folder) {
        ProcessPlan plan = ProcessPlan.command("/bin/sh", "-c", "echo in $(pwd); echo port=$PORT; exec sleep 60")
                .in(folder)
                .with("PORT", "1234");
        try (ChildProcess child = plan.start()) {
            assertThat(child.awaitLine("port=(\\d+)", LIMIT).group(1)).isEqualTo("1234");
            assertThat(child.output()).contains("in " + folder);
        }
    }

    @Test
    void showsTheLastOutputWhenTheLineDoesNotCome() {
        try (ChildProcess child = shell("echo this one; exec sleep 60")) {
            child.awaitLine("this", LIMIT);
            assertThatThrownBy(() -> child.awaitLine("another", Duration.ofMillis(50)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("another")
                    .hasMessageContaining("this one")
                    .hasMessageContaining("running");
        }
    }

    @Test
    void givesUpAtOnceWhenTheProcessEndsWithoutTheLine() {
        try (ChildProcess child = shell("echo oh no >&2; exit 3")) {
            assertThatThrownBy(() -> child.awaitLine("READY", Duration.ofHours(1)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("oh no");
            assertThat(child.awaitExit(LIMIT)).isEqualTo(3);
        }
    }

    @Test
    void waitsForAPortOfTheChild() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ChildProcess child = shell("exec sleep 60")) {
            child.awaitPort(server.getLocalPort(), LIMIT);
            int closed = LoopbackPorts.free();
            assertThatThrownBy(() -> child.awaitPort(closed, Duration.ofMillis(50)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("port " + closed);
        }
    }

    @Test
    void killsWithoutAsking() {
        try (ChildProcess child = shell("trap '' TERM; echo up; while :; do sleep 1; done")) {
            child.awaitLine("up", LIMIT);
            child.kill();
            assertThat(child.isAlive()).isFalse();
            assertThat(child.awaitExit(LIMIT)).isEqualTo(128 + 9);
        }
    }

    @Test
    void freezesAndLetsGoOn() {
        try (ChildProcess child = shell("read line; echo got $line; exec sleep 60")) {
            child.stop();
            await().atMost(LIMIT).until(() -> state(child) == 'T');
            child.cont();
            await().atMost(LIMIT).until(() -> state(child) != 'T');
            child.input().write("it\n".getBytes(UTF_8));
            child.input().flush();
            child.awaitLine("got it", LIMIT);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void closesEvenAFrozenProcessWithItsDescendants() {
        ChildProcess child = shell("sleep 600 & echo child=$!; trap 'exit 0' TERM; wait");
        long grandchild = Long.parseLong(child.awaitLine("child=(\\d+)", LIMIT).group(1));
        child.stop();
        child.close();
        assertThat(child.isAlive()).isFalse();
        await().atMost(LIMIT).until(() -> !isRunning(grandchild));
    }

    @Test
    void leavesNothingWhenItsJvmExits() {
        ProcessPlan plan = ProcessPlan.java(StartsAndExits.class, List.of("-Xmx64m"), List.of());
        try (ChildProcess jvm = plan.start()) {
            long grandchild =
                    Long.parseLong(jvm.awaitLine("started (\\d+)", LIMIT).group(1));
            assertThat(jvm.awaitExit(LIMIT)).isZero();
            await().atMost(LIMIT).until(() -> !isRunning(grandchild));
        }
    }

    @Test
    void keepsABoundedPartOfTheOutput() {
        try (ChildProcess child = shell("i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done")) {
            child.awaitExit(LIMIT);
            assertThat(child.output()).hasSize(2_000).endsWith("line 2999");
        }
    }

    @Test
    void saysThatTheProgramIsMissing() {
        assertThatThrownBy(() -> ProcessPlan.command("no-such-program").start())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no-such-program");
    }

    /** Exits with a child still running. */
    static final class StartsAndExits {
        private StartsAndExits() {}

        public static void main(String[] arguments) {
            ChildProcess child = ProcessPlan.command("sleep", "600").start();
            System.out.println("started " + child.pid());
            System.exit(0);
        }
    }

    private static ChildProcess shell(String script) {
        return ProcessPlan.command("/bin/sh", "-c", script).start();
    }

    private static char state(ChildProcess child) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(child.pid()), "stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }

    /** A zombie that waits for init does not run. */
    private static boolean isRunning(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException gone) {
            return false;
        }
    }
}
