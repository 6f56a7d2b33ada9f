package io.espalier.relay.node;

import io.espalier.relay.protocol.TransferReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sums over all transfers that ever were, from reports on those that are not forgotten yet; never falls. Thread-safe. */
final class TransferTotals {
    private Map<String, TransferReport> last = Map.of();
    private long received;
    private long there;
    private long twice;
    private long retries;

    /**
     * The sums at one time.
     *
     * @param received verified bytes that came over links
     * @param there bytes that needed no sending since the registry had them
     * @param twice bytes that came again although they were there
     */
    record Sums(long received, long there, long twice, long retries) {}

    /** Takes in how all transfers are now. */
    synchronized Sums update(List<TransferReport> reports) {
        Map<String, TransferReport> now = new HashMap<>();
        for (TransferReport report : reports) {
            TransferReport before = last.get(report.transfer());
            received += grown(report.bytesReceived(), before == null ? 0 : before.bytesReceived());
            there += grown(report.bytesThere(), before == null ? 0 : before.bytesThere());
            twice += grown(report.bytesTwice(), before == null ? 0 : before.bytesTwice());
            retries += grown(report.retries(), before == null ? 0 : before.retries());
            now.put(report.transfer(), report);
        }
        last = now;
        return new Sums(received, there, twice, retries);
    }

    private static long grown(long now, long before) {
        return Math.max(0, now - before);
    }
}
