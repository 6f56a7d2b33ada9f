package io.espalier.replication.transfer;

import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What an operator can ask of replication. Thread-safe, blocking. */
public interface Replication {
    /**
     * Reads the image in the master's registry again and sends it if its tag changed; filters are not asked, the release gate is.
     *
     * @param priority empty for that of the rules; an image that did not change keeps the one it has
     * @throws ImageException also when the release gate holds the image, with its sentence
     */
    PushResult push(ImageName image, OptionalInt priority) throws ImageException;

    /** Pushes the image as its tag stands now past the release gate; logged as a warning. */
    PushResult release(ImageName image) throws ImageException;

    /** What {@link #push} would do; changes nothing. */
    Preview preview(ImageName image) throws ImageException;

    /** The same for an image that is not in the master's registry yet. */
    Preview preview(ImageClosure image);

    /** The newest transfers, newest first. */
    List<TransferView> transfers(int limit);

    Optional<TransferView> transfer(String id);

    /** The newest transfer of an image. */
    Optional<TransferView> newest(ImageName image);

    /** Every image that is replicated, as its tag stands now, by name. */
    List<ImageSummary> images();

    /** Why images that changed are not sent, by image; the latest 1,000 that cannot be read and 1,000 with a wrong blob. */
    Map<ImageName, String> problems();

    /** Lets every member read the image back from its registry; those that do not answer in time are named as such. */
    List<Verdict> verify(ImageName image, Duration limit) throws ImageException;

    /**
     * Lets every member read and hash every byte of the image. Where it is not right, it is sent again at once: without waiting for
     * that.
     */
    List<Verdict> verifyDeep(ImageName image, DeepVerification how) throws ImageException;
}
