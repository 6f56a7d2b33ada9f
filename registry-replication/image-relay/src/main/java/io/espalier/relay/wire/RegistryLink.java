package io.espalier.relay.wire;

import io.espalier.relay.probe.PingLink;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Times {@code GET /v2/} of a peer's registry over one connection; whatever it answers is an answer. Its certificate is not
 * checked, for the authorities of other sites' registries are not known here: nothing is sent to it, and nothing but the time is
 * taken from it.
 */
final class RegistryLink implements PingLink {
    private final HttpClient client;
    private final RequestOptions request;
    private final Duration limit;

    RegistryLink(Vertx vertx, String registry, Duration limit) throws IOException {
        this.limit = limit;
        try {
            URL url = URI.create(registry + (registry.endsWith("/") ? "" : "/") + "v2/")
                    .toURL();
            request = new RequestOptions()
                    .setMethod(HttpMethod.GET)
                    .setAbsoluteURI(url)
                    .setTimeout(limit.toMillis());
        } catch (IllegalArgumentException | MalformedURLException e) {
            throw new IOException("'" + registry + "' is no address of a registry", e);
        }
        client = vertx.createHttpClient(
                new HttpClientOptions().setTrustAll(true).setVerifyHost(false).setConnectTimeout((int)
                        limit.toMillis()),
                new PoolOptions().setHttp1MaxSize(1));
    }

    @Override
    public long ping() throws IOException {
        long begin = System.nanoTime();
        try {
            return client.request(request)
                    .compose(asked -> asked.send())
                    .compose(answer -> discarded(answer).map(System.nanoTime() - begin))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(
                    String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()), e);
        } catch (TimeoutException e) {
            throw new IOException("the registry gave no answer within " + limit.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the measurement was interrupted", e);
        }
    }

    private static Future<Void> discarded(HttpClientResponse answer) {
        answer.handler(bytes -> {
            // The connection is used again only when the body has been read.
        });
        return answer.end();
    }

    @Override
    public void close() {
        client.close();
    }
}
