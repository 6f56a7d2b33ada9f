package io.espalier.kernel.felix.logging;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.felix.runtime.Failures;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.ServiceException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs with slf4j what bundles write to the OSGi LogService and what the framework reports as errors; the logger is the bundle's
 * symbolic name. Events of bundles and services, which the LogService logs too, are left out.
 */
public final class LogBridge implements AutoCloseable {
    private final BundleContext context;
    private final LogListener entries = LogBridge::write;
    private final FrameworkListener failures = LogBridge::write;
    private final ServiceTracker<LogReaderService, LogReaderService> readers;

    public LogBridge(BundleContext context) {
        this.context = requireNonNull(context, "context is null");
        this.readers = new ServiceTracker<>(context, LogReaderService.class, new Listening());
    }

    public void open() {
        context.addFrameworkListener(failures);
        readers.open();
    }

    @Override
    public void close() {
        readers.close();
        context.removeFrameworkListener(failures);
    }

    private static void write(LogEntry entry) {
        String name = entry.getLoggerName();
        if (name != null && name.startsWith("Events.")) {
            return;
        }
        Logger logger = LoggerFactory.getLogger(nameOf(entry.getBundle()));
        write(logger, level(entry), text(entry.getMessage()), entry.getException());
    }

    /** An error that says itself what is wrong takes one line; its stack is shown from level DEBUG on. */
    private static void write(Logger logger, Level level, String text, @Nullable Throwable thrown) {
        Optional<String> sentence = sentence(thrown);
        if (sentence.isPresent()) {
            logger.atLevel(level).log(text + ": " + sentence.get());
            logger.debug("The stack of that:", thrown);
        } else {
            logger.atLevel(level).setCause(thrown).log(text);
        }
    }

    /** Empty if only the stack tells what happened. */
    static Optional<String> sentence(@Nullable Throwable thrown) {
        if (thrown instanceof ServiceException && thrown.getMessage() != null) {
            return Optional.of(thrown.getMessage());
        }
        for (Throwable one = thrown; one != null; one = one.getCause()) {
            Optional<String> own = Failures.ownSentence(one.toString()).or(described(one.getMessage()));
            if (own.isPresent()) {
                return own;
            }
        }
        return Optional.empty();
    }

    /** The log service wraps what was thrown; its text stands in the wrapper's message. */
    private static Supplier<Optional<String>> described(@Nullable String message) {
        return () -> message == null ? Optional.empty() : Failures.ownSentence(message);
    }

    private static void write(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.ERROR || event.getType() == FrameworkEvent.WARNING) {
            Logger logger = LoggerFactory.getLogger(nameOf(event.getBundle()));
            write(
                    logger,
                    event.getType() == FrameworkEvent.ERROR ? Level.ERROR : Level.WARN,
                    "The framework reports a failure",
                    event.getThrowable());
        }
    }

    private static Level level(LogEntry entry) {
        return switch (entry.getLogLevel()) {
            case AUDIT, INFO -> Level.INFO;
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case DEBUG -> Level.DEBUG;
            case TRACE -> Level.TRACE;
        };
    }

    private static String text(@Nullable String message) {
        return message == null ? "" : message;
    }

    private static String nameOf(@Nullable Bundle bundle) {
        String name = bundle == null ? null : bundle.getSymbolicName();
        return name == null ? "osgi" : name;
    }

    private final class Listening implements ServiceTrackerCustomizer<LogReaderService, LogReaderService> {
        @Override
        public LogReaderService addingService(ServiceReference<LogReaderService> reference) {
            LogReaderService reader = context.getService(reference);
            reader.addLogListener(entries);
            return reader;
        }

        @Override
        public void modifiedService(ServiceReference<LogReaderService> reference, LogReaderService reader) {
            // A reader's properties do not matter here.
        }

        @Override
        public void removedService(ServiceReference<LogReaderService> reference, LogReaderService reader) {
            reader.removeLogListener(entries);
            context.ungetService(reference);
        }
    }
}
