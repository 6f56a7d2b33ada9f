package io.espalier.embedded.door;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer: headers, and bytes of memory or of a file. */
record PullAnswer(int status, Map<String, String> headers, Body body) {
    /** What follows the headers. */
    sealed interface Body {
        long length();
    }

    /** Few bytes of memory. */
    static final class Bytes implements Body {
        private final byte[] bytes;

        /** @param bytes not to be changed any more */
        Bytes(byte[] bytes) {
            this.bytes = bytes;
        }

        /** Not to be changed. */
        byte[] bytes() {
            return bytes;
        }

        @Override
        public long length() {
            return bytes.length;
        }
    }

    /** Part of a file. */
    record FilePart(Path file, long from, long length) implements Body {}

    static PullAnswer of(int status, String contentType, Body body) {
        return new PullAnswer(status, Map.of("Content-Type", contentType), body);
    }

    /** One that has no body, not even an empty one. */
    static PullAnswer notModified() {
        return new PullAnswer(304, Map.of(), new Bytes(new byte[0]));
    }

    PullAnswer with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new PullAnswer(status, more, body);
    }
}
