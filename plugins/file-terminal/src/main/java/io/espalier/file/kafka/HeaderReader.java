package io.espalier.file.kafka;

import io.espalier.stream.record.RecordFormatException;
import io.espalier.stream.record.RecordHeaders;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Reads a record's identity from its Kafka headers. */
final class HeaderReader {
    private HeaderReader() {}

    /** The identity, or null when the headers do not hold one in the agreed form. Of headers of one name the last counts. */
    static @Nullable RecordHeaders read(Headers headers) {
        Map<String, byte[]> byName = new HashMap<>(16);
        for (Header header : headers) {
            if (header.value() != null) {
                byName.put(header.key(), header.value());
            }
        }
        if (byName.isEmpty()) {
            return null;
        }
        try {
            return RecordHeaders.decode(byName);
        } catch (RecordFormatException foreign) {
            return null;
        }
    }
}
