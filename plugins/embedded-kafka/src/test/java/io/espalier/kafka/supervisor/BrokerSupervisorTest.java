package io.espalier.kafka.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.kafka.embedded.BrokerSettings;
import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.kafka.supervisor.BrokerStatus.State;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerSupervisorTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final BrokerListener listener = new BrokerListener() {
        @Override
        public void available() {
            heard.add("available");
        }

        @Override
        public void unavailable() {
            heard.add("unavailable");
        }
    };

    @Test
    void startsAKilledBrokerAgainAndKeepsItAvailable(@TempDir Path folder) throws Exception {
        int port = LoopbackPorts.free();
        BrokerSupervisor supervisor = supervise(realBroker(port, folder), folder);
        try {
            await().atMost(LIMIT).until(() -> supervisor.status().state() == State.READY);
            long first = supervisor.status().pid();
            ProcessHandle.of(first).orElseThrow().destroyForcibly();
            await().atMost(LIMIT)
                    .until(() -> supervisor.status().state() == State.READY
                            && supervisor.status().pid() != first);
            assertThat(supervisor.status().restarts()).isPositive();
            assertThat(supervisor.status().bootstrapServers()).isEqualTo("127.0.0.1:" + port);
            assertThat(heard).containsExactly("available");
        } finally {
            supervisor.stop();
        }
        assertThat(supervisor.status().state()).isEqualTo(State.STOPPED);
        assertThat(LoopbackPorts.isFree(port)).isTrue();
    }

    @Test
    void saysThatAFrozenBrokerDoesNotAnswerAndThatItAnswersAgain(@TempDir Path folder) throws Exception {
        int port = LoopbackPorts.free();
        BrokerSupervisor supervisor = supervise(realBroker(port, folder), folder, Duration.ofMillis(100));
        try (LogLines lines = LogLines.of(BrokerSupervisor.class)) {
            await().atMost(LIMIT).until(() -> supervisor.status().state() == State.READY);
            long pid = supervisor.status().pid();

            signal("STOP", pid);
            await("the broker not to answer")
                    .atMost(LIMIT)
                    .until(() -> supervisor.status().state() == State.NOT_ANSWERING);
            assertThat(supervisor.status().pid()).isEqualTo(pid);
            assertThat(supervisor.status().problem())
                    .contains("127.0.0.1:" + port + " (pid " + pid + ") runs but does not answer")
                    .contains("no answer within 2000 ms");

            signal("CONT", pid);
            await("the broker to answer again")
                    .atMost(LIMIT)
                    .until(() -> supervisor.status().state() == State.READY);
            assertThat(supervisor.status()).isEqualTo(new BrokerStatus(State.READY, pid, "127.0.0.1:" + port, 0, ""));
            assertThat(heard).containsExactly("available");
            await("the line about it").atMost(LIMIT).until(() -> !lines.with("answers again")
                    .isEmpty());
            assertThat(lines.with("does not answer")).hasSize(1).allMatch(line -> line.startsWith("WARN "));
            assertThat(lines.with("answers again")).hasSize(1).allMatch(line -> line.startsWith("INFO "));
        } finally {
            supervisor.stop();
        }
    }

    @Test
    void stopsAFrozenBrokerWithinItsLimits(@TempDir Path folder) throws Exception {
        BrokerSupervisor supervisor =
                supervise(realBroker(LoopbackPorts.free(), folder), folder, Duration.ofMillis(100));
        await().atMost(LIMIT).until(() -> supervisor.status().state() == State.READY);
        long pid = supervisor.status().pid();
        signal("STOP", pid);
        await().atMost(LIMIT).until(() -> supervisor.status().state() == State.NOT_ANSWERING);

        supervisor.stop();

        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("kafka-supervisor", "kafka-probe");
    }

    private static void signal(String name, long pid) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .redirectErrorStream(true)
                .start();
        assertThat(kill.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }

    @Test
    void saysThatThePortIsTakenAndStartsWhenItIsFree(@TempDir Path folder) throws Exception {
        ServerSocket other = new ServerSocket(LoopbackPorts.free(), 1, InetAddress.getLoopbackAddress());
        BrokerSupervisor supervisor = supervise(realBroker(other.getLocalPort(), folder), folder);
        try (other) {
            await().atMost(LIMIT).until(() -> supervisor.status().state() == State.DOWN);
            assertThat(supervisor.status().problem())
                    .contains("port " + other.getLocalPort())
                    .contains("taken");
            assertThat(heard).isEmpty();
        }
        try {
            await().atMost(LIMIT).until(() -> supervisor.status().state() == State.READY);
        } finally {
            supervisor.stop();
        }
    }

    @Test
    void withdrawsABrokerThatStaysDownAndOffersItAgain(@TempDir Path folder) throws Exception {
        Path broken = folder.resolve("broken");
        BrokerSupervisor supervisor =
                supervise(shell("test -e " + broken + " && exit 1; echo READY here; read end"), folder);
        try {
            assertThat(heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("available");
            Files.createFile(broken);
            ProcessHandle.of(supervisor.status().pid()).orElseThrow().destroyForcibly();
            assertThat(heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("unavailable");
            Files.delete(broken);
            assertThat(heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("available");
        } finally {
            supervisor.stop();
        }
    }

    @Test
    void killsABrokerThatDoesNotStopInTime(@TempDir Path folder) throws Exception {
        BrokerSupervisor supervisor =
                supervise(shell("trap '' TERM; echo READY here; while :; do sleep 1; done"), folder);
        await().atMost(LIMIT).until(() -> supervisor.status().state() == State.READY);
        long pid = supervisor.status().pid();
        supervisor.stop();
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("kafka-supervisor");
    }

    @Test
    void leavesNoBrokerBehindWhenItsStopIsInterrupted(@TempDir Path folder) throws Exception {
        BrokerSupervisor supervisor =
                supervise(shell("trap '' TERM; echo READY here; while :; do sleep 1; done"), folder);
        await().atMost(LIMIT).until(() -> supervisor.status().state() == State.READY);
        ProcessHandle broker = ProcessHandle.of(supervisor.status().pid()).orElseThrow();
        Thread.currentThread().interrupt();

        assertThatThrownBy(supervisor::stop).isInstanceOf(InterruptedException.class);

        await("the broker to end").atMost(LIMIT).until(() -> !broker.isAlive());
    }

    @Test
    void stopsAtOnceDuringThePauseBeforeARestart(@TempDir Path folder) throws Exception {
        BrokerSupervisor supervisor = new BrokerSupervisor(
                SupervisorSettings.of(List.of("no-such-program"), "127.0.0.1:1", folder.resolve("log"), LIMIT),
                listener);
        supervisor.start();
        await().atMost(LIMIT).until(() -> supervisor.status().state() == State.DOWN);
        assertThat(supervisor.status().problem()).contains("no-such-program");
        supervisor.stop();
        assertThat(supervisor.status().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void keepsTheOutputInAFile(@TempDir Path folder) throws Exception {
        BrokerSupervisor supervisor = supervise(shell("echo some noise; echo READY here; read end"), folder);
        try {
            await().atMost(LIMIT).until(() -> supervisor.status().state() == State.READY);
            await().atMost(LIMIT).until(() -> log(folder).contains("READY here"));
            assertThat(log(folder)).contains("some noise");
        } finally {
            supervisor.stop();
        }
    }

    @Test
    void goesOnWithoutALogThatCannotBeWritten(@TempDir Path folder) throws Exception {
        Files.createFile(folder.resolve("log"));
        BrokerSupervisor supervisor = supervise(shell("echo noise; echo READY here; read end"), folder);
        try {
            await().atMost(LIMIT).until(() -> supervisor.status().state() == State.READY);
            assertThat(supervisor.status().restarts()).isZero();
        } finally {
            supervisor.stop();
        }
    }

    @Test
    void keepsTheLastWordsOfABrokerThatStops(@TempDir Path folder) throws Exception {
        BrokerSupervisor supervisor = supervise(
                shell("trap 'echo last words; exit 0' TERM; echo READY here; while :; do sleep 0.1; done"), folder);
        await().atMost(LIMIT).until(() -> supervisor.status().state() == State.READY);
        supervisor.stop();
        assertThat(log(folder)).contains("last words");
    }

    @Test
    void endsWithTheProcessThatStartedIt(@TempDir Path folder) throws Exception {
        Process broker = new ProcessBuilder(realBroker(LoopbackPorts.free(), folder))
                .redirectErrorStream(true)
                .start();
        try {
            new ChildOutput(folder.resolve("log")).follow(broker.getInputStream(), () -> closeStdin(broker));
            assertThat(broker.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(broker.exitValue()).isZero();
        } finally {
            broker.destroyForcibly();
        }
    }

    /** Scripts that stand for a broker answer no question, so they are not asked. */
    private BrokerSupervisor supervise(List<String> command, Path folder) {
        return supervise(command, folder, Duration.ofHours(1));
    }

    private BrokerSupervisor supervise(List<String> command, Path folder, Duration probePause) {
        BrokerSupervisor supervisor = new BrokerSupervisor(
                new SupervisorSettings(
                        command,
                        "127.0.0.1:" + portOf(command),
                        folder.resolve("log/kafka.log"),
                        Duration.ofMillis(50),
                        Duration.ofMillis(400),
                        Duration.ofMillis(300),
                        probePause,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(1)),
                listener);
        supervisor.start();
        return supervisor;
    }

    private static List<String> realBroker(int port, Path folder) {
        return BrokerCommand.of(
                BrokerSettings.inFolder(folder.resolve("data")).withPort(port),
                System.getProperty("java.class.path"),
                128,
                List.of());
    }

    private static String portOf(List<String> command) {
        int at = command.indexOf("--port");
        return at < 0 ? "0" : command.get(at + 1);
    }

    private static List<String> shell(String script) {
        return List.of("/bin/sh", "-c", script);
    }

    private static String log(Path folder) throws IOException {
        return Files.readString(folder.resolve("log/kafka.log"));
    }

    private static void closeStdin(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
