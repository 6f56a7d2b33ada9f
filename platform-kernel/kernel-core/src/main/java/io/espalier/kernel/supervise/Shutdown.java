package io.espalier.kernel.supervise;

import io.espalier.kernel.plugin.PluginException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Stops plug-ins one after the other, the last started first, and shares the time so that a stuck one leaves some. */
final class Shutdown {
    private static final Duration LEAST = Duration.ofMillis(20);
    /** What a lane may need beyond the stop itself. */
    private static final Duration SLACK = Duration.ofMillis(100);

    private final Duration budget;
    private final long deadline;
    private @Nullable PluginException first;

    Shutdown(Duration budget, Duration limit) {
        this.budget = budget;
        this.deadline = System.nanoTime() + limit.toNanos();
    }

    void stopAll(Collection<SupervisedPlugin> plugins) throws PluginException {
        List<SupervisedPlugin> lastStartedFirst = plugins.stream()
                .sorted(Comparator.comparingInt(SupervisedPlugin::startOrder).reversed())
                .toList();
        for (SupervisedPlugin plugin : lastStartedFirst) {
            stop(plugin).ifPresent(this::failed);
        }
        if (first != null) {
            throw first;
        }
    }

    private Optional<String> stop(SupervisedPlugin plugin) {
        Duration share = share();
        try {
            return plugin.close(share).get(share.plus(SLACK).toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return Optional.of("Plug-in " + plugin.id() + " was still "
                    + plugin.view().state().word() + " when its time to stop was over.");
        } catch (ExecutionException e) {
            return Optional.of("Stopping plug-in " + plugin.id() + " failed: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("Stopping plug-in " + plugin.id() + " was interrupted.");
        }
    }

    private Duration share() {
        Duration half = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()) / 2);
        Duration share = half.compareTo(budget) < 0 ? half : budget;
        return share.compareTo(LEAST) < 0 ? LEAST : share;
    }

    private void failed(String sentence) {
        var failure = new PluginException(PluginException.Code.REFUSED, sentence, null);
        if (first == null) {
            first = failure;
        } else {
            first.addSuppressed(failure);
        }
    }
}
