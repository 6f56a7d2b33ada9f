package io.espalier.stream.report;

import static io.espalier.stream.report.ReportCodec.CRC_BYTES;
import static io.espalier.stream.report.ReportCodec.HEAD_BYTES;
import static io.espalier.stream.report.ReportCodec.MAGIC;
import static io.espalier.stream.report.ReportCodec.RECORD_HEAD_BYTES;
import static io.espalier.stream.report.ReportCodec.VERSION;
import static io.espalier.stream.report.ReportCodec.fault;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.stream.id.StreamId;
import io.espalier.stream.report.ReportFormatException.Code;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;

/** Reads one report; checks each length against what is left before it allocates. Used once, by one thread. */
final class ReportReader {
    private static final int SMALLEST = HEAD_BYTES + CRC_BYTES;

    private final ByteBuffer in;
    private final ReportLimits limits;

    ReportReader(ByteBuffer in, ReportLimits limits) {
        this.in = in;
        this.limits = limits;
    }

    Report read() throws ReportFormatException {
        checkFrame();
        long epoch = in.getLong(8);
        long firstSeq = in.getLong(16);
        int count = in.getInt(24);
        in.limit(in.limit() - CRC_BYTES).position(HEAD_BYTES);
        checkCount(count);
        String stream = text("stream id", Short.toUnsignedInt(in.getShort(28)));
        String agent = text("agent", Short.toUnsignedInt(in.getShort(30)));
        List<Report.Entry> entries = entries(count);
        if (in.hasRemaining()) {
            throw fault(Code.BAD_FIELD, "The report goes on for " + in.remaining() + " bytes after its last record.");
        }
        try {
            return new Report(StreamId.parse(stream), agent, epoch, firstSeq, entries);
        } catch (IllegalArgumentException e) {
            throw fault(Code.BAD_FIELD, "The report is not valid: " + e.getMessage());
        }
    }

    /** Size, magic, version and checksum; what stands between head and checksum is looked at later. */
    private void checkFrame() throws ReportFormatException {
        int length = in.limit();
        if (length > limits.maxBytes()) {
            throw fault(
                    Code.REPORT_TOO_LARGE,
                    "The report has " + length + " bytes, " + limits.maxBytes()
                            + " are allowed; send fewer records at once.");
        }
        if (length < Integer.BYTES || in.getInt(0) != MAGIC) {
            throw fault(Code.NOT_A_REPORT, "The body does not start with 'ESPR'; it is not a binary report.");
        }
        if (length < SMALLEST) {
            throw fault(Code.TRUNCATED, "The report has " + length + " bytes; even an empty one has " + SMALLEST + ".");
        }
        int version = Short.toUnsignedInt(in.getShort(4));
        if (version != VERSION) {
            throw fault(
                    Code.UNSUPPORTED_VERSION,
                    "The report is of format version " + version + "; this gateway reads version " + VERSION + ".");
        }
        int found = ReportCodec.crc(in, length - CRC_BYTES);
        int named = in.getInt(length - CRC_BYTES);
        if (found != named) {
            throw fault(
                    Code.BAD_CRC,
                    "The report's CRC32C is %08x but it says %08x; it was changed or cut on its way, send it again."
                            .formatted(found, named));
        }
        if (in.getShort(6) != 0) {
            throw fault(Code.BAD_FIELD, "The report's flags are not 0; version " + VERSION + " knows none.");
        }
    }

    private void checkCount(int count) throws ReportFormatException {
        if (count < 1) {
            throw fault(
                    Code.BAD_FIELD,
                    "The report names " + Integer.toUnsignedString(count) + " records; send at least one.");
        }
        if (count > limits.maxRecords()) {
            throw fault(
                    Code.TOO_MANY_RECORDS,
                    "The report has " + count + " records, " + limits.maxRecords()
                            + " are allowed; send fewer at once.");
        }
        if ((long) count * RECORD_HEAD_BYTES > in.remaining()) {
            throw fault(
                    Code.TRUNCATED,
                    "The report names " + count + " records, which do not fit into the " + in.remaining()
                            + " bytes that are left.");
        }
    }

    private String text(String name, int length) throws ReportFormatException {
        if (length > in.remaining()) {
            throw fault(
                    Code.TRUNCATED,
                    "The report's " + name + " has " + length + " bytes but only " + in.remaining() + " are left.");
        }
        ByteBuffer bytes = in.slice().limit(length);
        in.position(in.position() + length);
        try {
            return UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw fault(Code.BAD_FIELD, "The report's " + name + " is not UTF-8 text.");
        }
    }

    private List<Report.Entry> entries(int count) throws ReportFormatException {
        List<Report.Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            if (in.remaining() < RECORD_HEAD_BYTES) {
                throw fault(Code.TRUNCATED, "The report ends within the head of record " + i + ".");
            }
            long ts = in.getLong();
            int length = in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw fault(
                        Code.TRUNCATED,
                        "Record " + i + " names " + Integer.toUnsignedString(length) + " bytes but only "
                                + in.remaining() + " are left.");
            }
            if (ts < 0) {
                throw fault(Code.BAD_FIELD, "The ts of record " + i + " is " + ts + "; it is never negative.");
            }
            byte[] payload = new byte[length];
            in.get(payload);
            entries.add(new Report.Entry(ts, payload));
        }
        return entries;
    }
}
