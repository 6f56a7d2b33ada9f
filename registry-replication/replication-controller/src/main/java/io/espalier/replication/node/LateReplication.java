package io.espalier.replication.node;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.transfer.DeepVerification;
import io.espalier.replication.transfer.ImageSummary;
import io.espalier.replication.transfer.Preview;
import io.espalier.replication.transfer.PushResult;
import io.espalier.replication.transfer.Replication;
import io.espalier.replication.transfer.TransferView;
import io.espalier.replication.transfer.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Replication that may not be there yet; every call fails with a sentence then. */
final class LateReplication implements Replication {
    private final Supplier<Replication> present;

    /** @param present throws IllegalStateException with a sentence when there is none */
    LateReplication(Supplier<Replication> present) {
        this.present = requireNonNull(present, "present is null");
    }

    @Override
    public PushResult push(ImageName image, OptionalInt priority) throws ImageException {
        return present.get().push(image, priority);
    }

    @Override
    public PushResult release(ImageName image) throws ImageException {
        return present.get().release(image);
    }

    @Override
    public Preview preview(ImageName image) throws ImageException {
        return present.get().preview(image);
    }

    @Override
    public Preview preview(ImageClosure image) {
        return present.get().preview(image);
    }

    @Override
    public List<TransferView> transfers(int limit) {
        return present.get().transfers(limit);
    }

    @Override
    public Optional<TransferView> transfer(String id) {
        return present.get().transfer(id);
    }

    @Override
    public Optional<TransferView> newest(ImageName image) {
        return present.get().newest(image);
    }

    @Override
    public List<ImageSummary> images() {
        return present.get().images();
    }

    @Override
    public Map<ImageName, String> problems() {
        return present.get().problems();
    }

    @Override
    public List<Verdict> verify(ImageName image, Duration limit) throws ImageException {
        return present.get().verify(image, limit);
    }

    @Override
    public List<Verdict> verifyDeep(ImageName image, DeepVerification how) throws ImageException {
        return present.get().verifyDeep(image, how);
    }
}
