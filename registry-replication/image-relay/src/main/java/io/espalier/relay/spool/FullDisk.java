package io.espalier.relay.spool;

import java.io.IOException;
import java.util.function.BooleanSupplier;

/** Writes to a disk that may be full. */
final class FullDisk {
    private FullDisk() {}

    /** Something that writes, and may be done again when it has failed. */
    interface Write {
        void run() throws IOException;
    }

    /**
     * Writes, again and again as long as the disk is full and space is freed.
     *
     * @param free frees space; answers whether it is worth to try again
     */
    static void write(BooleanSupplier free, Write write) throws IOException {
        while (true) {
            try {
                write.run();
                return;
            } catch (IOException e) {
                if (!SpoolException.isFull(e) || !free.getAsBoolean()) {
                    throw e;
                }
            }
        }
    }
}
