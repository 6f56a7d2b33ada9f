package io.espalier.replication.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The records {@code LENGTH KEY=VALUE\n} of a PAX extended header (POSIX.1-2001, pax, "Extended Header"). */
final class PaxRecords {
    private PaxRecords() {}

    static Map<String, String> read(byte[] content) throws IOException {
        Map<String, String> records = new HashMap<>();
        int at = 0;
        while (at < content.length && content[at] != 0) {
            int space = at;
            while (space < content.length && content[space] != ' ') {
                space++;
            }
            int end = at + length(content, at, space);
            if (end > content.length || end <= space + 1 || content[end - 1] != '\n') {
                throw damaged();
            }
            String record = new String(content, space + 1, end - space - 2, UTF_8);
            int equals = record.indexOf('=');
            if (equals < 1) {
                throw damaged();
            }
            records.put(record.substring(0, equals), record.substring(equals + 1));
            at = end;
        }
        return records;
    }

    private static int length(byte[] content, int at, int space) throws IOException {
        String digits = new String(content, at, space - at, UTF_8);
        if (!digits.matches("\\d{1,7}")) {
            throw damaged();
        }
        return Integer.parseInt(digits);
    }

    private static IOException damaged() {
        return new IOException("is damaged: a PAX header cannot be read");
    }
}
