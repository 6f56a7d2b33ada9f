package io.espalier.kernel.launcher.control;

import io.espalier.kernel.launcher.boot.DataLock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The client commands of {@code bin/espalier}; each exits with the code of what ran in the kernel. */
@Command(
        name = "espalier",
        description = "Talks to a running kernel.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ControlMain.Exec.class,
            ControlMain.Shell.class,
            ControlMain.Status.class,
            ControlMain.Stop.class,
            ControlMain.Await.class
        })
public final class ControlMain {
    private ControlMain() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new ControlMain())
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr().println(e.getMessage());
                    return 1;
                })
                .execute(args));
    }

    /** What all of them need: where the kernel is. */
    abstract static class KernelCommand implements Callable<Integer> {
        @Option(names = "--data", description = "The kernel's data folder.")
        @Nullable
        private Path data;

        abstract int call(ControlClient client) throws IOException, InterruptedException;

        @Override
        public Integer call() throws IOException, InterruptedException {
            try (ControlClient client = ControlClient.connect(folder().resolve("kernel.sock"))) {
                return call(client);
            }
        }

        Path folder() {
            return data == null ? Path.of(System.getProperty("espalier.data", "data")) : data;
        }

        /** What arrives carries its own line ends. */
        static int execute(ControlClient client, String line) throws IOException {
            int exit = client.execute(line, System.out::print, System.err::print);
            System.out.flush();
            return exit;
        }
    }

    @Command(name = "exec", description = "Runs one shell command in the kernel.", mixinStandardHelpOptions = true)
    static final class Exec extends KernelCommand {
        @Parameters(arity = "1..*", description = "The command line, as in: exec \"plugin:list\"")
        private String[] words = {};

        @Override
        int call(ControlClient client) throws IOException {
            return execute(client, String.join(" ", words));
        }
    }

    @Command(name = "shell", description = "Reads commands from standard input.", mixinStandardHelpOptions = true)
    static final class Shell extends KernelCommand {
        @Override
        int call(ControlClient client) throws IOException {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
            int exit = 0;
            prompt();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.strip().equals("exit")) {
                    return exit;
                }
                if (!line.isBlank()) {
                    exit = execute(client, line);
                }
                prompt();
            }
            return exit;
        }

        private static void prompt() {
            if (Boolean.getBoolean("espalier.terminal")) {
                System.out.print("espalier> ");
                System.out.flush();
            }
        }
    }

    @Command(name = "status", description = "Tells whether the kernel is well.", mixinStandardHelpOptions = true)
    static final class Status extends KernelCommand {
        @Override
        int call(ControlClient client) throws IOException {
            execute(client, "kernel:info");
            return execute(client, "health:check");
        }
    }

    /** What {@code espalier start} does after it has started the kernel's process. */
    @Command(name = "await", description = "Waits until the kernel is ready.", hidden = true)
    static final class Await extends KernelCommand {
        @Option(names = "--pid", required = true, description = "The kernel's process.")
        private long pid;

        @Override
        public Integer call() throws InterruptedException {
            return new ReadyWait(folder().resolve("kernel.sock"), pid, System.err::print).await();
        }

        @Override
        int call(ControlClient client) {
            throw new IllegalStateException("The wait connects by itself.");
        }
    }

    @Command(
            name = "stop",
            description = "Stops the kernel and waits until its process has ended.",
            mixinStandardHelpOptions = true)
    static final class Stop extends KernelCommand {
        private static final Duration LIMIT = Duration.ofSeconds(45);

        @Override
        int call(ControlClient client) throws IOException, InterruptedException {
            int exit = execute(client, "kernel:stop");
            if (exit != 0) {
                return exit;
            }
            if (!DataLock.awaitFree(folder(), LIMIT)) {
                System.err.println("The kernel's process had not ended after " + LIMIT.toSeconds()
                        + " s; espalier.log says what it waits for.");
                return 1;
            }
            System.out.println("The kernel has stopped.");
            return 0;
        }
    }
}
