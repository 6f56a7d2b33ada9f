package io.espalier.replication.trigger;

/** Hears what a look at the whole of the master's registry saw. Called by the watch's thread; may block. */
@FunctionalInterface
public interface LookListener {
    void looked(SeenTags seen);
}
