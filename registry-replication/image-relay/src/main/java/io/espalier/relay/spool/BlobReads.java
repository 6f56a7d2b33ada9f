package io.espalier.relay.spool;

import java.nio.ByteBuffer;
import java.util.BitSet;

/** Reading a file in chunks of any size, not only those in which it came. */
final class BlobReads {
    private BlobReads() {}

    /** The lowest chunk of the view that is there and not in {@code sent}, else -1. */
    static int next(BlobFile file, BlobName view, BitSet sent) {
        if (view.chunkBytes() == file.name().chunkBytes()) {
            return file.next(sent);
        }
        for (int i = sent.nextClearBit(0); i < view.chunks(); i = sent.nextClearBit(i + 1)) {
            if (file.hasRange(view.start(i), view.start(i) + view.length(i))) {
                return i;
            }
        }
        return -1;
    }

    static void read(BlobFile file, BlobName view, int index, ByteBuffer into) throws SpoolException {
        int limit = into.limit();
        into.limit(into.position() + view.length(index));
        try {
            file.read(view.start(index), into);
        } finally {
            into.limit(limit);
        }
    }
}
