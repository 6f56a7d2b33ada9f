package io.espalier.collector.osgi;

import static java.util.Objects.requireNonNull;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The shell commands {@code collector:*}. */
@Component(
        service = CollectorCommands.class,
        property = {"osgi.command.scope=collector", "osgi.command.function=sources"})
public final class CollectorCommands {
    private final CollectorComponent collector;

    @Activate
    public CollectorCommands(@Reference CollectorComponent collector) {
        this.collector = requireNonNull(collector, "collector is null");
    }

    /** {@code collector:sources}: a table of all sources that are read, and the latest that are finished. */
    public String sources() {
        return SourceTable.of(collector.streams());
    }
}
