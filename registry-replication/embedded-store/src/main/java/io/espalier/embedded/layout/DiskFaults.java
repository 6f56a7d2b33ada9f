package io.espalier.embedded.layout;

import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Locale;

/** Sentences for what a disk refuses. */
public final class DiskFaults {
    private DiskFaults() {}

    /**
     * The failure as a registry would tell it; it may pass by itself, as a full disk does.
     *
     * @param tried what was tried, as {@code write blob sha256:...}
     */
    public static RegistryException of(String tried, IOException e) {
        if (e instanceof ClosedByInterruptException
                || e instanceof InterruptedIOException
                || Thread.currentThread().isInterrupted()) {
            Thread.currentThread().interrupt();
            return RegistryException.lasting(ErrorCode.INTERRUPTED, "Tried to " + tried + " but was interrupted.", e);
        }
        String why = isFull(e)
                ? "the disk is full; make room, and it goes on by itself"
                : (e.getMessage() == null ? e.toString() : e.getMessage());
        return RegistryException.passing(ErrorCode.SERVER_ERROR, "Tried to " + tried + " but " + why + ".", e);
    }

    private static boolean isFull(IOException e) {
        String text = String.valueOf(e).toLowerCase(Locale.ROOT);
        return text.contains("no space left") || text.contains("quota exceeded");
    }
}
