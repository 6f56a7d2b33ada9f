package io.espalier.kernel.felix;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** The services of other bundles that the kernel uses, each looked up when needed. */
final class Services implements AutoCloseable {
    private final BundleContext context;
    private final List<ServiceTracker<?, ?>> trackers = new ArrayList<>();

    Services(BundleContext context) {
        this.context = requireNonNull(context, "context is null");
    }

    /** Gives the best service of the type, null while there is none. */
    <T> Supplier<@Nullable T> one(Class<T> type) {
        ServiceTracker<T, T> tracker = new ServiceTracker<>(context, type, null);
        track(tracker);
        return tracker::getService;
    }

    /** Waits until there is a service of the type; null when the time is over. */
    <T> @Nullable T await(Class<T> type, Duration limit) throws InterruptedException {
        ServiceTracker<T, T> tracker = new ServiceTracker<>(context, type, null);
        tracker.open();
        try {
            return tracker.waitForService(limit.toMillis());
        } finally {
            tracker.close();
        }
    }

    /** Gives all services that the filter matches. */
    Supplier<List<Object>> all(String filter) {
        ServiceTracker<Object, Object> tracker = new ServiceTracker<>(context, parse(filter), null);
        track(tracker);
        return () -> {
            Object[] found = tracker.getServices();
            return found == null ? List.of() : List.of(found);
        };
    }

    /** Gives the references of all services that the filter matches. */
    Supplier<List<ServiceReference<?>>> references(String filter) {
        ServiceTracker<Object, Object> tracker = new ServiceTracker<>(context, parse(filter), null);
        track(tracker);
        return () -> {
            ServiceReference<?>[] found = tracker.getServiceReferences();
            return found == null ? List.of() : List.of(found);
        };
    }

    @Override
    public void close() {
        trackers.forEach(ServiceTracker::close);
    }

    private void track(ServiceTracker<?, ?> tracker) {
        tracker.open();
        trackers.add(tracker);
    }

    private static Filter parse(String filter) {
        try {
            return FrameworkUtil.createFilter(filter);
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException("The service filter " + filter + " is malformed.", e);
        }
    }
}
