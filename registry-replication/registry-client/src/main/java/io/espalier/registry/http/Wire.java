package io.espalier.registry.http;

import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.metrics.RegistryCounters;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sends single requests, HTTP/1.1, without cookies and without following redirects. Thread-safe.
 *
 * <p>The JDK's client (17) has no close: its selector thread ends when nobody refers to the client any more, so closing
 * drops it, and breaks what still runs.
 */
final class Wire implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final long IDLE_SECONDS = 10;

    private final RegistryEndpoint endpoint;
    private final RegistryCounters counters;
    private final ExecutorService threads;
    private final Set<Sent> running = ConcurrentHashMap.newKeySet();
    private final Set<BodyStream> open = ConcurrentHashMap.newKeySet();
    private volatile @Nullable HttpClient client;

    /** A request that waits for its answer; equal to itself alone. */
    private static final class Sent {
        final CompletableFuture<HttpResponse<BodyStream>> answer;

        Sent(CompletableFuture<HttpResponse<BodyStream>> answer) {
            this.answer = answer;
        }
    }

    Wire(RegistryEndpoint endpoint, RegistryCounters counters) throws RegistryException {
        this.endpoint = endpoint;
        this.counters = counters;
        int number = NUMBER.incrementAndGet();
        AtomicInteger thread = new AtomicInteger();
        // As many threads as there are requests at a time: callers block, and each has one request.
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread made = new Thread(task, "registry-client-" + number + "-" + thread.incrementAndGet());
                    made.setDaemon(true);
                    return made;
                });
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(endpoint.timeouts().connect())
                .executor(threads);
        if (endpoint.authority().isPresent()) {
            builder.sslContext(TrustedAuthorities.with(endpoint.authority().get()));
        }
        this.client = builder.build();
    }

    /** Sends a request with a body in memory or none. */
    StreamedAnswer send(Call call, URI target, Optional<String> authorization) throws RegistryException {
        byte[] body = call.body();
        BodyPublisher publisher = body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
        HttpRequest request = request(call, target, authorization, publisher);
        if (body != null) {
            counters.addBytesOut(body.length);
        }
        Sent sent = start(call, request);
        try {
            return await(
                    call, target, sent.answer, call.limit(endpoint.timeouts().answer()));
        } finally {
            running.remove(sent);
        }
    }

    /** Sends a request whose body the calling thread reads while it is sent. */
    StreamedAnswer send(Call call, URI target, Optional<String> authorization, BodyReader body)
            throws RegistryException {
        try (StreamedBody sending = new StreamedBody(body.size(), counters, endpoint.timeouts())) {
            HttpRequest request = request(call, target, authorization, sending.publisher());
            Sent sent = start(call, request);
            boolean taken = false;
            try {
                sending.pump(body, sent.answer);
                StreamedAnswer answer =
                        await(call, target, sent.answer, endpoint.timeouts().commit());
                taken = true;
                return answer;
            } catch (HttpTimeoutException e) {
                throw Failures.of(call.purpose(), target, e);
            } finally {
                if (!taken) {
                    // It may have been answered already, as a refusal is before the last byte.
                    CompletableFuture<Void> ignored =
                            sent.answer.thenAccept(early -> early.body().close());
                }
                running.remove(sent);
                // Without effect if it was answered.
                sent.answer.cancel(true);
            }
        }
    }

    @Override
    public void close() {
        client = null;
        running.forEach(sent -> sent.answer.cancel(true));
        open.forEach(BodyStream::abort);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_LIMIT.toMillis() / 2, TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
                threads.awaitTermination(CLOSE_LIMIT.toMillis() / 2, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private HttpRequest request(Call call, URI target, Optional<String> authorization, BodyPublisher publisher) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(target)
                .method(call.method(), publisher)
                .setHeader("User-Agent", endpoint.userAgent());
        call.headers().forEach(builder::setHeader);
        authorization.ifPresent(value -> builder.setHeader("Authorization", value));
        return builder.build();
    }

    private Sent start(Call call, HttpRequest request) throws RegistryException {
        HttpClient current = client;
        if (current == null) {
            throw closed(call);
        }
        counters.addRequest();
        Sent sent;
        try {
            sent = new Sent(current.sendAsync(
                    request,
                    info -> new BodyStream(counters, endpoint.timeouts().stall(), open)));
        } catch (RejectedExecutionException e) {
            throw closed(call);
        }
        running.add(sent);
        if (client == null) {
            sent.answer.cancel(true);
        }
        return sent;
    }

    private StreamedAnswer await(
            Call call, URI target, CompletableFuture<HttpResponse<BodyStream>> answer, Duration limit)
            throws RegistryException {
        try {
            HttpResponse<BodyStream> response = answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return new StreamedAnswer(response.statusCode(), response.headers(), response.body(), target);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw Failures.of(call.purpose(), target, new HttpTimeoutException("waited " + limit.toMillis() + " ms"));
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw RegistryException.lasting(
                    ErrorCode.INTERRUPTED, "Interrupted while trying to " + call.purpose() + ".", e);
        } catch (CancellationException e) {
            throw closed(call);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw client == null ? closed(call) : Failures.of(call.purpose(), target, cause);
        }
    }

    private RegistryException closed(Call call) {
        return RegistryException.lasting(
                ErrorCode.CLOSED,
                "Tried to " + call.purpose() + " but the client of " + endpoint.uri() + " was closed.");
    }
}
