package io.espalier.replication.trigger;

/** Hears that a tag, or a manifest without one, may have changed in the master's registry. Thread-safe, never blocks for long. */
@FunctionalInterface
public interface TagListener {
    /**
     * Something may have changed; what is there now is read by the listener.
     *
     * @param reference a tag, or a digest
     * @param digest that it is said to have; a registry may say so before it shows it. Empty when not known
     * @return false when too much is waiting already; then it must be said again later
     */
    boolean changed(String repository, String reference, String digest);
}
