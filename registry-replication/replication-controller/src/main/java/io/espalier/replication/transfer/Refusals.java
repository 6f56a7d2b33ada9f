package io.espalier.replication.transfer;

import io.espalier.replication.image.ImageName;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Images whose transfer was stopped because a blob is not what its digest says, until they are sent again; the latest 1,000.
 * Thread-safe.
 */
final class Refusals {
    private static final int MOST = 1_000;

    private final Map<ImageName, String> sentences = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ImageName, String> eldest) {
            return size() > MOST;
        }
    };

    /** @param sentence why it is not sent */
    synchronized void add(ImageName image, String sentence) {
        sentences.put(image, sentence);
    }

    /** It is sent again; answers whether it had been refused. */
    synchronized boolean forget(ImageName image) {
        return sentences.remove(image) != null;
    }

    synchronized Map<ImageName, String> all() {
        return new LinkedHashMap<>(sentences);
    }
}
