package io.espalier.harbor.call;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.harbor.client.ApiClient;
import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.node.HarborNode;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections to one Harbor: HTTP/1.1, Basic credentials with every request, no redirects followed, and no cookies, since
 * Harbor asks whoever sends a session's cookie for a token against forged requests. Thread-safe.
 */
public final class HarborWire implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor threads;
    private final ApiClient client;

    private HarborWire(HarborNode node) throws HarborException {
        int number = NUMBER.incrementAndGet();
        AtomicInteger thread = new AtomicInteger();
        // As many threads as there are requests at a time: callers block, and each has one request.
        threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread made = new Thread(task, "harbor-client-" + number + "-" + thread.incrementAndGet());
                    made.setDaemon(true);
                    return made;
                });
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .executor(threads);
        Trust.of(node).ifPresent(builder::sslContext);
        client = new OneClient(builder.build(), ApiClient.createDefaultObjectMapper(), node.url() + "/api/v2.0");
        String authorization = node.login().basic();
        client.setRequestInterceptor(request -> request.setHeader("Authorization", authorization)
                .setHeader("X-Request-Id", UUID.randomUUID().toString()));
        client.setReadTimeout(ANSWER);
    }

    /** Connects at the first call. */
    public static HarborWire to(HarborNode node) throws HarborException {
        return new HarborWire(node);
    }

    /** What the generated interfaces are made from. */
    public ApiClient client() {
        return client;
    }

    /** Ends the threads; the JDK's client ends when nobody refers to it any more. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** All interfaces share one client, and so its connections. */
    private static final class OneClient extends ApiClient {
        private final HttpClient shared;

        OneClient(HttpClient shared, ObjectMapper mapper, String base) {
            super(HttpClient.newBuilder(), mapper, base);
            this.shared = shared;
        }

        @Override
        public HttpClient getHttpClient() {
            return shared;
        }
    }
}
