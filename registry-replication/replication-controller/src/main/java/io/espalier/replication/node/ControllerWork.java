package io.espalier.replication.node;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.control.MasterWork;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.measure.MeasurePlan;
import io.espalier.replication.measure.Measurements;
import io.espalier.replication.plan.PlanException;
import io.espalier.replication.plan.Plans;
import io.espalier.replication.store.StoreException;
import io.espalier.replication.transfer.PushResult;
import io.espalier.tree.draw.TreeText;
import io.espalier.tree.stripe.StripedPlan;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What nodes may ask of the master, done by the parts of the controller. */
final class ControllerWork implements MasterWork {
    private static final long TYPICAL_BYTES = 100_000_000;
    private static final Logger LOG = LoggerFactory.getLogger(ControllerWork.class);

    private final Measurements measurements;
    private final Plans plans;
    private final ImageParts images;

    ControllerWork(Measurements measurements, Plans plans, ImageParts images) {
        this.measurements = requireNonNull(measurements, "measurements is null");
        this.plans = requireNonNull(plans, "plans is null");
        this.images = requireNonNull(images, "images is null");
    }

    @Override
    public ActAnswer measure() {
        MeasurePlan plan = measurements.preview(MeasureMode.PING, 0);
        if (plan.pairs() == 0) {
            return ActAnswer.failed("There is nothing to measure: at least two nodes must be connected.");
        }
        try {
            CompletableFuture<Void> ignored = measurements
                    .measure(plan)
                    .thenAccept(report -> LOG.info("As a node has asked: {}", report.sentence()));
            return ActAnswer.done(plan.sentence());
        } catch (IllegalStateException busy) {
            return ActAnswer.failed(String.valueOf(busy.getMessage()));
        }
    }

    @Override
    public ActAnswer plan() {
        try {
            StripedPlan plan = plans.anew(TYPICAL_BYTES);
            return new ActAnswer(
                    true,
                    "The trees are made anew; this is the one for an image of 100 MB:",
                    List.of(TreeText.draw(plan).stripTrailing().split("\n", -1)));
        } catch (PlanException e) {
            return ActAnswer.failed(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public ActAnswer push(ImageName image) {
        try {
            PushResult pushed = images.replication().push(image, OptionalInt.empty());
            return ActAnswer.done("Image " + image + ", " + pushed.digest() + ", generation " + pushed.generation()
                    + ", " + (pushed.changed() ? "is sent to all nodes" : "is sent to those that lack it")
                    + " as transfer " + pushed.transfer() + ".");
        } catch (ImageException | StoreException | IllegalStateException e) {
            return ActAnswer.failed(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public boolean knows(ImageName image) {
        return images.knows(image);
    }

    @Override
    public void resync(NodeId node, Optional<ImageName> image) {
        images.resync(node, image);
    }
}
