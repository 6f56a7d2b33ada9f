package io.espalier.kernel.felix.health;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.felix.context.ContextThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the endpoint; while its address cannot be used, that is a problem of the kernel and is tried again, on the thread
 * {@code endpoint-opening}, which ends with the first success. Thread-safe.
 */
public final class EndpointOpening implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointOpening.class);
    private static final Duration PAUSE = Duration.ofSeconds(3);
    private static final long CLOSE_LIMIT_MILLIS = 2000;
    private static final String PART = "endpoint";

    private final Opener opener;
    private final Readiness readiness;
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Endpoint endpoint;
    private @Nullable Thread thread;

    /** One attempt to listen. */
    public interface Opener {
        /**
         * Listens from now on.
         *
         * @throws IOException with a sentence, when the address cannot be used
         */
        Endpoint open() throws IOException;
    }

    public EndpointOpening(Opener opener, Readiness readiness) {
        this.opener = requireNonNull(opener, "opener is null");
        this.readiness = requireNonNull(readiness, "readiness is null");
    }

    /** Tries once and returns; goes on trying in the background if need be. To be called once. */
    public synchronized void start(ContextThreads threads) {
        try {
            endpoint = opener.open();
        } catch (IOException e) {
            LOG.error(
                    "The kernel goes on without health endpoint and tries again every {} s. {}",
                    PAUSE.toSeconds(),
                    e.getMessage());
            readiness.problem(PART, String.valueOf(e.getMessage()));
            Thread fresh = threads.thread("endpoint-opening", this::tryAgain);
            thread = fresh;
            fresh.start();
        }
    }

    /** The address in use, as host:port, or {@code none}. */
    public synchronized String address() {
        Endpoint open = endpoint;
        return open == null
                ? "none"
                : open.address().getHostString() + ":" + open.address().getPort();
    }

    @Override
    public void close() {
        closing.countDown();
        @Nullable Thread trying;
        synchronized (this) {
            trying = thread;
            Endpoint open = endpoint;
            endpoint = null;
            if (open != null) {
                open.close();
            }
        }
        try {
            if (trying != null) {
                trying.join(CLOSE_LIMIT_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tryAgain() {
        try {
            while (!closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                if (opens()) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Under the lock, so that nothing is opened once this is closed. */
    private synchronized boolean opens() {
        if (closing.getCount() == 0) {
            return true;
        }
        try {
            endpoint = opener.open();
        } catch (IOException still) {
            LOG.debug("The health endpoint still cannot be opened: {}", still.getMessage());
            return false;
        }
        readiness.mended(PART);
        LOG.info("The health endpoint is open at {} now.", address());
        return true;
    }
}
