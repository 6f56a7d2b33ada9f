package io.espalier.gateway.http;

import io.espalier.http.HttpFault;
import io.espalier.stream.record.SourcePosition;
import io.espalier.stream.report.Report;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The form with one record a line, identity in headers. Bytes are kept as they are, a carriage return too. */
final class LineReport {
    private static final String AGENT = "X-Agent";
    private static final String EPOCH = "X-Epoch";
    private static final String SEQ = "X-Seq";

    private LineReport() {}

    /** The identity of the first record, or null if no header names one. */
    static @Nullable SourcePosition first(MultiMap headers) {
        String agent = headers.get(AGENT);
        String epoch = headers.get(EPOCH);
        String seq = headers.get(SEQ);
        if (agent == null && epoch == null && seq == null) {
            return null;
        }
        if (agent == null || epoch == null || seq == null) {
            throw wrong("Give the headers X-Agent, X-Epoch and X-Seq, or none of them.");
        }
        if (!agent.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
            throw wrong(
                    "X-Agent has characters beyond ASCII, which headers do not carry safely; send such an agent in JSON.");
        }
        return RecordsRoute.position(agent, number(EPOCH, epoch), number(SEQ, seq));
    }

    static List<Report.Entry> entries(byte[] body, long now, int maxRecords) {
        if (body.length == 0) {
            throw new HttpFault(400, "EMPTY_REPORT", "The body is empty; send at least one line.");
        }
        List<Report.Entry> entries = new ArrayList<>();
        int start = 0;
        // One beyond the limit is enough for the refusal that follows.
        while (start < body.length && entries.size() <= maxRecords) {
            int end = start;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            entries.add(new Report.Entry(now, Arrays.copyOfRange(body, start, end)));
            start = end + 1;
        }
        return entries;
    }

    private static long number(String header, String value) {
        if (!value.matches("-?\\d{1,19}")) {
            throw wrong(header + " is not a decimal number.");
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw wrong(header + " is beyond 64 bits.");
        }
    }

    private static HttpFault wrong(String sentence) {
        return new HttpFault(400, "WRONG_FIELD", sentence);
    }
}
