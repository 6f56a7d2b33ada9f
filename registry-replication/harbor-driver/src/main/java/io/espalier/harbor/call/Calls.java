package io.espalier.harbor.call;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.client.ApiException;
import io.espalier.harbor.client.ApiResponse;
import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.node.HarborNode;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Makes calls and says what became of them. Reading calls are tried again when the failure may pass; changing calls only when Harbor
 * certainly did not carry them out. An interrupt ends a call. Thread-safe.
 */
public final class Calls {
    private static final Set<Integer> PASSING = Set.of(429, 502, 503, 504);

    private final HarborNode node;
    private final Patience patience;

    /** A call through the generated client. */
    @FunctionalInterface
    public interface Call<T> {
        T run() throws ApiException;
    }

    /** A call without an answer. */
    @FunctionalInterface
    public interface Order {
        void run() throws ApiException;
    }

    public Calls(HarborNode node, Patience patience) {
        this.node = requireNonNull(node, "node is null");
        this.patience = requireNonNull(patience, "patience is null");
    }

    /**
     * Reads.
     *
     * @param purpose goes on after "Tried to"
     */
    public <T> T read(String purpose, Call<T> call) throws HarborException {
        return run(purpose, call, true);
    }

    /** The same where nothing may be there. */
    public <T> Optional<T> find(String purpose, Call<T> call) throws HarborException {
        try {
            return Optional.of(run(purpose, call, true));
        } catch (HarborException e) {
            if (e.trouble() == HarborTrouble.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Changes something. */
    public void change(String purpose, Order order) throws HarborException {
        boolean ignored = run(
                purpose,
                () -> {
                    order.run();
                    return true;
                },
                false);
    }

    /** Makes something; its id is the last part of the place that the answer names, since the body is empty. */
    public long create(String purpose, Call<ApiResponse<Void>> call) throws HarborException {
        ApiResponse<Void> answer = run(purpose, call, false);
        String place = answer.getHeaders().entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase("Location"))
                .flatMap(header -> header.getValue().stream())
                .findFirst()
                .orElse("");
        String last = place.substring(place.lastIndexOf('/') + 1);
        try {
            return Long.parseLong(last);
        } catch (NumberFormatException e) {
            throw new HarborException(
                    HarborTrouble.ANSWER,
                    "Tried to " + purpose + " at the Harbor '" + node.name() + "', which took it but did not say its id"
                            + " (Location: " + (place.isEmpty() ? "none" : place)
                            + "); something between may drop headers, so ask Harbor directly.",
                    e);
        }
    }

    private <T> T run(String purpose, Call<T> call, boolean again) throws HarborException {
        Duration wait = patience.first();
        boolean locked = false;
        for (int attempt = 1; ; attempt++) {
            ApiException failed;
            try {
                return call.run();
            } catch (ApiException e) {
                failed = e;
            } catch (RuntimeException e) {
                throw Meanings.unexpected(node, purpose, e);
            }
            boolean wrongLogin = failed.getCode() == 401 && !locked;
            boolean passes = (failed.getCode() == 429 || (again && mayPass(failed))) && attempt < patience.tries();
            if (Thread.currentThread().isInterrupted() || !(wrongLogin || passes)) {
                throw Meanings.of(node, purpose, failed);
            }
            // Somebody else's failed login locks the name for a moment, which looks like a wrong secret.
            locked |= wrongLogin;
            pause(purpose, wrongLogin ? patience.lock() : longer(wait, failed));
            wait = wait.multipliedBy(2);
        }
    }

    private static boolean mayPass(ApiException failed) {
        return PASSING.contains(failed.getCode()) || Meanings.isConnection(failed);
    }

    private Duration longer(Duration wait, ApiException failed) {
        Duration asked = Meanings.retryAfter(failed).orElse(Duration.ZERO);
        Duration longer = asked.compareTo(wait) > 0 ? asked : wait;
        return longer.compareTo(patience.most()) > 0 ? patience.most() : longer;
    }

    private void pause(String purpose, Duration wait) throws HarborException {
        try {
            TimeUnit.MILLISECONDS.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Meanings.interrupted(node, purpose, e);
        }
    }
}
