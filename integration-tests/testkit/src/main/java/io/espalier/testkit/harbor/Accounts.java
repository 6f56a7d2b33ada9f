package io.espalier.testkit.harbor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who may log in, with what, and what they may do. A failed login locks its user name for a while, as Harbor does it. */
final class Accounts {
    private static final Duration LOCK = Duration.ofMillis(1_500);

    private final Map<String, Account> accounts = new ConcurrentHashMap<>();
    private final Map<String, Long> lockedUntil = new ConcurrentHashMap<>();

    /**
     * Somebody who is logged in.
     *
     * @param permissions as {@code registry:create}; empty for an administrator, who may do everything
     */
    record Account(String name, String secret, boolean admin, Set<String> permissions) {
        Account {
            permissions = Set.copyOf(permissions);
        }

        boolean may(String permission) {
            return admin || permissions.contains(permission);
        }
    }

    void add(Account account) {
        accounts.put(account.name(), account);
    }

    /** Who an Authorization header is; empty for nobody, and for wrong credentials. */
    Optional<Account> of(@Nullable String header) {
        if (header == null || !header.startsWith("Basic ")) {
            return Optional.empty();
        }
        String[] pair = new String(Base64.getDecoder().decode(header.substring(6)), UTF_8).split(":", 2);
        long now = System.nanoTime();
        Long until = lockedUntil.get(pair[0]);
        if (until != null && now - until < 0) {
            return Optional.empty();
        }
        Account account = accounts.get(pair[0]);
        if (account == null || pair.length < 2 || !account.secret().equals(pair[1])) {
            lockedUntil.put(pair[0], now + LOCK.toNanos());
            return Optional.empty();
        }
        return Optional.of(account);
    }
}
