package io.espalier.registry.client;

import io.espalier.registry.auth.Access;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.http.Answer;
import io.espalier.registry.http.Call;
import io.espalier.registry.http.RegistryHttp;
import io.espalier.registry.name.RepositoryName;
import java.net.URI;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An upload that a registry has begun, and how to end it without leaving anything there. For one thread. */
final class UploadSession {
    private static final Logger LOG = LoggerFactory.getLogger(UploadSession.class);
    private static final int SMALL = 64 * 1024;
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final int LOOKS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final RegistryHttp http;
    private final RepositoryName repository;
    private URI place;

    UploadSession(RegistryHttp http, RepositoryName repository, URI place) {
        this.http = http;
        this.repository = repository;
        this.place = place;
    }

    /** Where the next bytes go. */
    URI place() {
        return place;
    }

    /** The registry has named another place for what follows. */
    void moved(URI next) {
        place = next;
    }

    /**
     * Cancels it after its body broke off, once the registry has seen the end: docker-registry 2.8.2 cannot cancel such an upload
     * (404) but clears it after a week by its date. If it were cancelled while the registry still writes, the data would come back
     * without the date and never be cleared. So this waits, two seconds at most, until the registry counts no more bytes.
     */
    void cancelBroken() {
        if (Thread.currentThread().isInterrupted()) {
            return;
        }
        try {
            String before = "";
            for (int look = 0; look < LOOKS; look++) {
                http.pause(LOOK_EVERY);
                Answer status = http.exchangeOnce(
                        call("GET", "look how far an upload came").within(PATIENCE),
                        SMALL,
                        http.noRetries(),
                        200,
                        204,
                        404);
                String now = status.status() + " " + status.header("Range").orElse("");
                if (status.status() == 404 || now.equals(before)) {
                    cancel();
                    return;
                }
                before = now;
            }
        } catch (RegistryException e) {
            LOG.debug("An upload to {} stays behind: {}", repository, e.getMessage());
        }
    }

    /** Cancels it, unless the thread is interrupted; what a registry does not let go, it clears by itself. */
    void cancel() {
        if (Thread.currentThread().isInterrupted()) {
            return;
        }
        try {
            http.exchangeOnce(
                    call("DELETE", "cancel an upload").within(PATIENCE), SMALL, http.noRetries(), 200, 202, 204, 404);
        } catch (RegistryException e) {
            LOG.debug("An upload to {} stays behind: {}", repository, e.getMessage());
        }
    }

    private Call call(String method, String purpose) {
        return Call.of(method, place, Access.delete(repository), purpose + " to " + repository);
    }
}
