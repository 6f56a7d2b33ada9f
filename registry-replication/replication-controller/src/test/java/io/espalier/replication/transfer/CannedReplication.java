package io.espalier.replication.transfer;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers as if shop/web:1.0, 2 MB, were on its way to one node, where it arrives when it was looked at twice. */
public final class CannedReplication implements Replication {
    public static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);
    private static final NodeId ROME = new NodeId("rome");

    private final List<String> asked = new ArrayList<>();
    private final AtomicInteger verifying = new AtomicInteger();
    private volatile CountDownLatch held = new CountDownLatch(0);
    private final List<TransferState> states =
            new ArrayList<>(List.of(TransferState.RECEIVING, TransferState.RECEIVING, TransferState.DONE));

    /** Lets verifications wait until this is counted down. */
    public CountDownLatch holdVerify() {
        held = new CountDownLatch(1);
        return held;
    }

    /** How many verifications were begun. */
    public int verifying() {
        return verifying.get();
    }

    /** What it was asked to do. */
    public List<String> asked() {
        return asked;
    }

    /** The image is there. */
    public void arrived() {
        states.subList(0, states.size() - 1).clear();
    }

    private static void require(ImageName image) throws ImageException {
        if (image.repository().equals("shop/none")) {
            throw new ImageException(ImageException.Code.NOT_FOUND, "There is no " + image + ".", null);
        }
        if (image.repository().equals("shop/bad")) {
            throw ImageException.refused("Image " + image + " is schema 1.");
        }
        if (image.repository().equals("shop/unstored")) {
            throw new StoreException("The database is away.", new IOException("test"));
        }
        if (image.repository().equals("shop/late")) {
            throw new IllegalStateException("The master's relay does not run.");
        }
        if (image.repository().equals("shop/away")) {
            throw new ImageException(ImageException.Code.UNREADABLE, "The registry answered 503.", null);
        }
    }

    @Override
    public PushResult push(ImageName image, OptionalInt priority) throws ImageException {
        asked.add("push " + image + " " + priority.orElse(0));
        require(image);
        return new PushResult("t1", DIGEST, 3, 2_000_000, !image.reference().equals("same"));
    }

    @Override
    public PushResult release(ImageName image) throws ImageException {
        asked.add("release " + image);
        require(image);
        return new PushResult("t1", DIGEST, 3, 2_000_000, true);
    }

    @Override
    public Preview preview(ImageName image) throws ImageException {
        asked.add("preview " + image);
        require(image);
        return preview(image, 2_000_000);
    }

    @Override
    public Preview preview(ImageClosure image) {
        asked.add("preview of a file " + image.name());
        return preview(image.name(), image.bytes());
    }

    private static Preview preview(ImageName image, long bytes) {
        Preview.Part part = new Preview.Part(ROME, true, "master", 1_500_000, Optional.of(Duration.ofMillis(2_500)));
        return new Preview(image, DIGEST, 3, 7, bytes, List.of(DIGEST), List.of(part));
    }

    @Override
    public List<TransferView> transfers(int limit) {
        TransferState state = states.size() > 1 ? states.remove(0) : states.get(0);
        TransferReport report =
                new TransferReport("t1", state, 2_000_000, 500_000, 500_000, 0, 100_000, "master", 2, "", 9);
        NodeProgress node = new NodeProgress(ROME, true, report, Instant.EPOCH);
        return List.of(new TransferView(
                "t1", "shop/web", "1.0", DIGEST, 3, 2_000_000, Instant.EPOCH, false, "", List.of(node)));
    }

    @Override
    public Optional<TransferView> transfer(String id) {
        return id.equals("t1") ? Optional.of(transfers(1).get(0)) : Optional.empty();
    }

    @Override
    public Optional<TransferView> newest(ImageName image) {
        return image.repository().equals("shop/web") ? Optional.of(transfers(1).get(0)) : Optional.empty();
    }

    @Override
    public List<ImageSummary> images() {
        return List.of(new ImageSummary("shop/web", "1.0", DIGEST, 3, 2_000_000, "t1", 1, 2));
    }

    @Override
    public Map<ImageName, String> problems() {
        return Map.of(ImageName.parse("shop/old:1"), "It is schema 1.");
    }

    @Override
    public List<Verdict> verify(ImageName image, Duration limit) {
        holdOn();
        return List.of(new Verdict(ROME, "", false, "Its registry has no such tag."));
    }

    private void holdOn() {
        verifying.incrementAndGet();
        try {
            if (!held.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("Nobody let the verification go on.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public List<Verdict> verifyDeep(ImageName image, DeepVerification how) throws ImageException {
        require(image);
        asked.add("verify " + image + " at " + how.bytesPerSecond());
        how.progress().accept(List.of(new CheckProgress(ROME, 1, 2_000_000)));
        holdOn();
        return List.of(new Verdict(ROME, DIGEST, false, "Blob " + DIGEST + " has wrong bytes."));
    }
}
