package io.espalier.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.http.HttpFault;
import io.espalier.stream.record.SourcePosition;
import io.espalier.stream.report.Report;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form of a report.
 *
 * @param agent with epoch and firstSeq the identity of the first record; all three or none
 * @param epoch see agent
 * @param firstSeq see agent
 * @param records at least one
 */
record JsonReport(
        @Nullable String agent,
        @Nullable Long epoch,
        @Nullable Long firstSeq,
        @Nullable List<@Nullable JsonRecord> records) {
    /** One record: its payload as text or as base64, and when it was read; now if ts is left out. */
    record JsonRecord(
            @Nullable Long ts,
            @Nullable String text,
            @Nullable String base64) {}

    /** The identity of the first record, or null if none is given. */
    @Nullable
    SourcePosition first() {
        if (agent == null && epoch == null && firstSeq == null) {
            return null;
        }
        if (agent == null || epoch == null || firstSeq == null) {
            throw wrong("Give agent, epoch and firstSeq, or none of them.");
        }
        return RecordsRoute.position(agent, epoch, firstSeq);
    }

    List<Report.Entry> entries(long now) {
        if (records == null || records.isEmpty()) {
            throw new HttpFault(400, "EMPTY_REPORT", "The report has no record; send at least one in 'records'.");
        }
        List<Report.Entry> entries = new ArrayList<>(records.size());
        for (int i = 0; i < records.size(); i++) {
            entries.add(entry(records.get(i), i, now));
        }
        return entries;
    }

    private static Report.Entry entry(@Nullable JsonRecord record, int index, long now) {
        if (record == null) {
            throw wrong("records[" + index + "] is null.");
        }
        long ts = record.ts == null ? now : record.ts;
        if (ts < 0) {
            throw wrong("records[" + index + "].ts is " + ts + "; it is never negative.");
        }
        String text = record.text;
        String base64 = record.base64;
        if (text != null && base64 == null) {
            return new Report.Entry(ts, text.getBytes(UTF_8));
        }
        if (base64 != null && text == null) {
            try {
                return new Report.Entry(ts, Base64.getDecoder().decode(base64));
            } catch (IllegalArgumentException e) {
                throw wrong("records[" + index + "].base64 is not base64.");
            }
        }
        throw wrong("records[" + index + "] must have either 'text' or 'base64'.");
    }

    private static HttpFault wrong(String sentence) {
        return new HttpFault(400, "WRONG_FIELD", sentence);
    }
}
