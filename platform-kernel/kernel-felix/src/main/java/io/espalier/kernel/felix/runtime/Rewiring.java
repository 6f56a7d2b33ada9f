package io.espalier.kernel.felix.runtime;

import static io.espalier.kernel.plugin.PluginException.Code.REFUSED;
import static java.util.Objects.requireNonNull;

import io.espalier.kernel.plugin.PluginException;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * Rewires a bundle and those that depend on it, and waits until that is done.
 *
 * <p>The framework stops and restarts the dependants on a thread of its own, so a dependant that hangs holds up the rewiring:
 * the wait has a limit and the message names who was concerned.
 */
final class Rewiring {
    private final FrameworkWiring wiring;
    private final Duration limit;

    Rewiring(Bundle framework, Duration limit) {
        this.wiring = requireNonNull(framework.adapt(FrameworkWiring.class), "framework has no wiring");
        this.limit = requireNonNull(limit, "limit is null");
    }

    boolean resolve(Bundle bundle) {
        return wiring.resolveBundles(Set.of(bundle));
    }

    void refresh(Bundle bundle) throws PluginException {
        String concerned = names(wiring.getDependencyClosure(Set.of(bundle)));
        CountDownLatch done = new CountDownLatch(1);
        wiring.refreshBundles(Set.of(bundle), event -> {
            if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                done.countDown();
            }
        });
        await(done, concerned);
    }

    private void await(CountDownLatch done, String concerned) throws PluginException {
        try {
            if (!done.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw refused("took longer than " + limit.toSeconds() + " s; one of them hangs in its stop", concerned);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused("was interrupted", concerned);
        }
    }

    private static PluginException refused(String why, String concerned) {
        return new PluginException(
                REFUSED, "Rewiring " + concerned + " " + why + "; see the threads with kernel:info.", null);
    }

    private static String names(Collection<Bundle> bundles) {
        return bundles.stream()
                .map(Bundle::getSymbolicName)
                .filter(Objects::nonNull)
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
