package io.espalier.stream.report;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.stream.report.ReportFormatException.Code;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The binary form of a {@link Report}, little-endian, closed by a CRC32C over all bytes before it (docs/formats/record.md,
 * "Report").
 *
 * <p>Stateless and safe for use by many threads. Decoding allocates no more than the payloads that are really there.
 */
public final class ReportCodec {
    /** The media type of the binary form. */
    public static final String MEDIA_TYPE = "application/vnd.espalier.report";

    static final int MAGIC = 'E' | 'S' << 8 | 'P' << 16 | 'R' << 24;
    static final short VERSION = 1;
    static final int HEAD_BYTES = 32;
    static final int RECORD_HEAD_BYTES = 12;
    static final int CRC_BYTES = 4;

    private ReportCodec() {}

    /** The length in bytes of the report's binary form. */
    public static long encodedLength(Report report) {
        return HEAD_BYTES
                + report.stream().toString().length()
                + report.agent().getBytes(UTF_8).length
                + (long) RECORD_HEAD_BYTES * report.entries().size()
                + report.payloadBytes()
                + CRC_BYTES;
    }

    /**
     * Writes the binary form.
     *
     * @throws IllegalArgumentException if it would be longer than 2 GiB
     */
    public static byte[] encode(Report report) {
        long length = encodedLength(report);
        if (length > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("The report has " + length + " bytes; send fewer records at once.");
        }
        byte[] stream = report.stream().toString().getBytes(US_ASCII);
        byte[] agent = report.agent().getBytes(UTF_8);
        ByteBuffer out = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putShort(VERSION).putShort((short) 0);
        out.putLong(report.epoch())
                .putLong(report.firstSeq())
                .putInt(report.entries().size());
        out.putShort((short) stream.length).putShort((short) agent.length);
        out.put(stream).put(agent);
        for (Report.Entry entry : report.entries()) {
            out.putLong(entry.timestampMillis()).putInt(entry.payload().length).put(entry.payload());
        }
        out.putInt(crc(out.array(), 0, out.position()));
        return out.array();
    }

    /** As {@link #decode(ByteBuffer, ReportLimits)} of all the bytes. */
    public static Report decode(byte[] bytes, ReportLimits limits) throws ReportFormatException {
        return decode(ByteBuffer.wrap(bytes), limits);
    }

    /**
     * Reads a report from the buffer's remaining bytes, which must be exactly one report; the buffer itself is not changed
     * and not kept.
     *
     * @throws ReportFormatException and nothing else, whatever the bytes are
     */
    public static Report decode(ByteBuffer bytes, ReportLimits limits) throws ReportFormatException {
        requireNonNull(limits, "limits is null");
        return new ReportReader(bytes.slice().order(ByteOrder.LITTLE_ENDIAN), limits).read();
    }

    static int crc(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    static int crc(ByteBuffer bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(0).limit(length));
        return (int) crc.getValue();
    }

    static ReportFormatException fault(Code code, String sentence) {
        return new ReportFormatException(code, sentence);
    }
}
