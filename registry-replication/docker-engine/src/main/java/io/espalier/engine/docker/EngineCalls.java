package io.espalier.engine.docker;

import static java.util.Objects.requireNonNull;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import io.espalier.engine.check.EngineException;
import io.espalier.engine.check.EngineException.Code;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls of one conversation, each with a time limit. An engine that is stopped takes connections and answers nothing, and a unix socket
 * has no read time-out here; so the limit closes the whole client, which breaks the call. For one thread.
 */
final class EngineCalls implements AutoCloseable {
    private static final int CONNECTIONS = 4;
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final Path socket;
    private final ScheduledExecutorService watch;
    private final AtomicBoolean late = new AtomicBoolean();
    private @Nullable DockerClient client;

    EngineCalls(Path socket, ScheduledExecutorService watch) {
        this.socket = requireNonNull(socket, "socket is null");
        this.watch = requireNonNull(watch, "watch is null");
    }

    /**
     * Makes a call.
     *
     * @param what as "list containers", for the sentence
     */
    <T> T call(String what, Duration limit, Function<DockerClient, T> call) throws EngineException {
        if (late.get()) {
            throw new EngineException(
                    Code.AWAY, "Tried to " + what + " but the Docker engine did not answer a moment ago.", null);
        }
        DockerClient open = client();
        ScheduledFuture<?> alarm = watch.schedule(
                () -> {
                    late.set(true);
                    close(open);
                },
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            return call.apply(open);
        } catch (DockerException e) {
            throw EngineWords.refusal(what, e);
        } catch (RuntimeException e) {
            throw broken(what, limit, e);
        } finally {
            alarm.cancel(false);
        }
    }

    /** Makes a call that answers piece by piece, and waits for its end. */
    <C extends Answers<?>> C stream(String what, Duration limit, Function<DockerClient, C> call)
            throws EngineException {
        return call(what, limit, open -> {
            C answers = call.apply(open);
            try {
                // The alarm comes first, closes the client, and so ends the answers.
                answers.await(2 * limit.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            } finally {
                closeQuietly(answers);
            }
            Throwable error = answers.error();
            if (error instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (error != null) {
                throw new IllegalStateException(error);
            }
            return answers;
        });
    }

    private EngineException broken(String what, Duration limit, RuntimeException e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String address = "the Docker engine at unix://" + socket;
        if (late.get()) {
            return new EngineException(
                    Code.AWAY,
                    "Tried to " + what + " but " + address + " did not answer within " + limit.toSeconds() + " s.",
                    e);
        }
        if (root instanceof DockerException refusal) {
            return EngineWords.refusal(what, refusal);
        }
        String reason = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return new EngineException(
                Code.AWAY, "Tried to " + what + " but " + address + " broke off: " + reason + ".", e);
    }

    private DockerClient client() throws EngineException {
        if (!Files.exists(socket)) {
            throw new EngineException(
                    Code.AWAY,
                    "There is no Docker engine: nothing is at " + socket
                            + ". Start one, or say in docker.engine by 'socket' where it is.",
                    null);
        }
        DockerClient open = client;
        if (open == null) {
            URI host = URI.create("unix://" + socket);
            // Nothing of the user's own ~/.docker is read: credentials are passed with each pull.
            DefaultDockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                    .withDockerHost(host.toString())
                    .withDockerTlsVerify(false)
                    .withDockerConfig(socket.resolveSibling("none").toString())
                    .build();
            open = DockerClientImpl.getInstance(
                    config,
                    new ZerodepDockerHttpClient.Builder()
                            .dockerHost(host)
                            .maxConnections(CONNECTIONS)
                            .connectionTimeout(CONNECT)
                            .build());
            client = open;
        }
        return open;
    }

    private void end() {
        DockerClient open = client;
        client = null;
        if (open != null) {
            close(open);
        }
    }

    private static void close(DockerClient client) {
        try {
            client.close();
        } catch (IOException | RuntimeException e) {
            // It is given up anyway.
        }
    }

    private static void closeQuietly(Answers<?> answers) {
        try {
            answers.close();
        } catch (IOException | RuntimeException e) {
            // Its end is known already.
        }
    }

    @Override
    public void close() {
        end();
    }
}
