package io.espalier.engine.desk;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.Arrival;
import io.espalier.relay.protocol.ArrivalListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has images loaded and tested that arrived at this node. Returns at once. Thread-safe. */
public final class ArrivalTests implements ArrivalListener {
    private static final Logger LOG = LoggerFactory.getLogger(ArrivalTests.class);

    private final DeskSettings settings;
    private final TestDesk desk;

    public ArrivalTests(DeskSettings settings, TestDesk desk) {
        this.settings = requireNonNull(settings, "settings is null");
        this.desk = requireNonNull(desk, "desk is null");
    }

    @Override
    public void arrived(Arrival arrival) {
        String repository = arrival.repository();
        // Signatures and what else has its subject's digest as its tag cannot be run.
        if (!settings.repositories().matches(repository) || arrival.tag().startsWith("sha256-")) {
            return;
        }
        TestOrder order = new TestOrder(
                Purpose.ARRIVAL,
                repository,
                arrival.tag(),
                arrival.digest(),
                settings.rulesFor(repository, Purpose.ARRIVAL),
                settings.arrivals().tests(),
                settings.arrivals().keeps());
        if (!desk.submit(order)) {
            LOG.warn("Image {} is not tested here: too many others wait.", order.image());
        }
    }
}
