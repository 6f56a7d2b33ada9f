package io.espalier.relay.control;

import io.espalier.relay.protocol.MessageCodec;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.TransferReport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node has to say while the link is away or busy: of every transfer the newest report, and a bounded number of other
 * messages in order. Thread-safe.
 */
final class Pending {
    static final int MAX_OTHERS = 1000;
    static final int MAX_REPORTS = 10_000;
    private static final int MAX_BYTES = MessageLink.MAX_MESSAGE_BYTES;
    private static final int REPORTS_IN_ONE = 200;
    private static final Logger LOG = LoggerFactory.getLogger(Pending.class);

    private final MessageCodec codec;
    private final Map<String, TransferReport> reports = new LinkedHashMap<>();
    private final Queue<byte[]> others = new ArrayDeque<>();
    private int bytes;

    Pending(MessageCodec codec) {
        this.codec = codec;
    }

    boolean add(NodeMessage message) {
        if (message instanceof NodeMessage.Report report) {
            return addAll(report.transfers());
        }
        byte[] encoded = encode(message);
        if (encoded.length > MessageLink.MAX_MESSAGE_BYTES) {
            LOG.warn(
                    "Tried to send a {} of {} bytes to the master but the limit is {} bytes; it is not sent.",
                    message.getClass().getSimpleName(),
                    encoded.length,
                    MessageLink.MAX_MESSAGE_BYTES);
            return false;
        }
        return addOther(encoded);
    }

    private synchronized boolean addOther(byte[] encoded) {
        if (others.size() >= MAX_OTHERS || bytes > MAX_BYTES - encoded.length) {
            return false;
        }
        others.add(encoded);
        bytes += encoded.length;
        return true;
    }

    /** The newer takes the place of the older in the row; those that have not changed for longest make room. */
    private synchronized boolean addAll(List<TransferReport> fresh) {
        fresh.forEach(report -> reports.put(report.transfer(), report));
        Iterator<String> oldest = reports.keySet().iterator();
        boolean all = true;
        while (reports.size() > MAX_REPORTS) {
            oldest.next();
            oldest.remove();
            all = false;
        }
        return all;
    }

    /** The next message to send. */
    synchronized Optional<byte[]> take() {
        byte[] other = others.poll();
        if (other != null) {
            bytes -= other.length;
            return Optional.of(other);
        }
        if (reports.isEmpty()) {
            return Optional.empty();
        }
        List<TransferReport> some = new ArrayList<>();
        Iterator<TransferReport> each = reports.values().iterator();
        while (each.hasNext() && some.size() < REPORTS_IN_ONE) {
            some.add(each.next());
            each.remove();
        }
        return Optional.of(encode(new NodeMessage.Report(some)));
    }

    /** The reports that wait now, to be compared with what Hello says. */
    synchronized Map<String, TransferReport> reports() {
        return Map.copyOf(reports);
    }

    /** Forgets those of the reports, as they were taken before, that Hello has said in a newer form. */
    synchronized void said(Map<String, TransferReport> before, Collection<TransferReport> hello) {
        for (TransferReport report : hello) {
            TransferReport old = before.get(report.transfer());
            if (old != null) {
                reports.remove(report.transfer(), old);
            }
        }
    }

    byte[] encode(NodeMessage message) {
        return codec.encode(message).getBytes(StandardCharsets.UTF_8);
    }
}
