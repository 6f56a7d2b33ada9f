package io.espalier.relay.transfer;

import io.espalier.registry.client.RegistryClient;
import io.espalier.relay.feed.ChunkSource;
import io.espalier.relay.feed.FeedOpener;
import io.espalier.relay.protocol.ArrivalListener;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.TransferReport;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a node does about transfers: it gets the blobs that its registry lacks over feeds, puts them there while they arrive, then
 * manifests and tags in order, and gives chunks to its own children meanwhile. Assignments are kept on disk and go on after a
 * restart, with or without the master. Thread-safe; owns threads {@code relay-*}.
 */
public interface TransferEngine extends AutoCloseable {
    /**
     * Opens the spool and goes on with what was not finished.
     *
     * @param registry the node's own registry; stays the caller's to close, after the engine
     * @param feeds opens feeds to other nodes
     * @param out hears reports, observed rates and answers to checks; called by one thread, and must not block for long
     * @throws IOException when the folder cannot be used
     */
    static TransferEngine open(
            EngineSettings settings, RegistryClient registry, FeedOpener feeds, Consumer<NodeMessage> out)
            throws IOException {
        return NodeEngine.start(settings, registry, feeds, out);
    }

    /**
     * Takes an order of the master: Assign, Reroute, Hashes, Cancel, Check, Remove or Hold. Returns soon; idempotent.
     *
     * @return false for other messages, which are not for the engine
     */
    boolean accept(MasterMessage message);

    /** What children's feeds read from; it never blocks. */
    ChunkSource chunks();

    /** Tells this one of images that are done here from now on; see {@link ArrivalListener}. */
    void listen(ArrivalListener listener);

    /** Undoes {@link #listen}; a call under way may go on. */
    void forget(ArrivalListener listener);

    /** All transfers that are not forgotten yet, for the hello after every connect. */
    List<TransferReport> reports();

    /**
     * Takes no new chunks from now on, also after a restart; chunks that are there are still given to children, and transfers wait.
     *
     * @param image as REPOSITORY:TAG; empty for all
     * @param by the name of the node that asked for it; empty for nobody in particular
     * @return false when that was paused already
     * @throws IOException when it cannot be noted on disk; nothing is paused then
     */
    boolean pause(Optional<String> image, String by) throws IOException;

    /** The same for nobody in particular. */
    default boolean pause(Optional<String> image) throws IOException {
        return pause(image, "");
    }

    /**
     * Ends a pause; what waited goes on. Without an image it ends all pauses.
     *
     * @return false when nothing was paused
     * @throws IOException when it cannot be noted on disk; the pause goes on then
     */
    boolean resume(Optional<String> image) throws IOException;

    /** Images that are paused, as REPOSITORY:TAG, or {@code *} for all. */
    List<String> paused();

    /** The same for people: which images, who asked for it and since when. */
    List<String> pauseTexts();

    /**
     * Forgets transfers that are over, so that the next Assign of one proves everything anew and fetches what is missing.
     *
     * @param image as REPOSITORY:TAG; empty for all
     * @return how many
     */
    int forget(Optional<String> image);

    /** Images that are on their way here, in words. */
    List<String> arriving();

    /** Bytes of blobs that the spool has on disk. */
    long spoolBytes();

    /** Ends all work within some seconds; it goes on when the engine is opened again. */
    @Override
    void close();
}
