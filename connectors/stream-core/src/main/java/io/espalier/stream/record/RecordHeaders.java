package io.espalier.stream.record;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.stream.id.StreamId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The five headers that say what a record in Kafka is; the value beside them is the payload as received
 * (docs/formats/record.md).
 *
 * @param stream {@value #STREAM_ID}: the stream
 * @param position {@value #AGENT}, {@value #EPOCH}, {@value #SEQ}: who sent the record and where it stands
 * @param timestampMillis {@value #TS}: when the record was read at its source, milliseconds since 1970, not negative
 */
public record RecordHeaders(StreamId stream, SourcePosition position, long timestampMillis) {
    public static final String STREAM_ID = "x-stream-id";
    public static final String AGENT = "x-agent";
    public static final String EPOCH = "x-epoch";
    public static final String SEQ = "x-seq";
    public static final String TS = "x-ts";

    public RecordHeaders {
        requireNonNull(stream, "stream is null");
        requireNonNull(position, "position is null");
        if (timestampMillis < 0) {
            throw new IllegalArgumentException("ts is " + timestampMillis + "; it is never negative.");
        }
    }

    /** The headers by name, always in the same order; each array is new. */
    public Map<String, byte[]> encode() {
        Map<String, byte[]> headers = new LinkedHashMap<>(8);
        headers.put(STREAM_ID, stream.toString().getBytes(US_ASCII));
        headers.put(AGENT, position.agent().getBytes(UTF_8));
        headers.put(EPOCH, number(position.epoch()));
        headers.put(SEQ, number(position.seq()));
        headers.put(TS, number(timestampMillis));
        return headers;
    }

    /** A number as the headers carry it: decimal ASCII digits. */
    public static byte[] number(long value) {
        return Long.toString(value).getBytes(US_ASCII);
    }

    /**
     * Reads the headers back, strictly; headers of other names are not looked at.
     *
     * @throws RecordFormatException with a sentence that names the header at fault
     */
    public static RecordHeaders decode(Map<String, byte[]> headers) throws RecordFormatException {
        String stream = text(headers, STREAM_ID);
        String agent = text(headers, AGENT);
        long epoch = number(headers, EPOCH);
        long seq = number(headers, SEQ);
        long ts = number(headers, TS);
        try {
            return new RecordHeaders(StreamId.parse(stream), new SourcePosition(agent, epoch, seq), ts);
        } catch (IllegalArgumentException e) {
            throw new RecordFormatException("The record's headers are not valid: " + e.getMessage());
        }
    }

    private static String text(Map<String, byte[]> headers, String name) throws RecordFormatException {
        byte[] value = value(headers, name);
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
        } catch (CharacterCodingException e) {
            throw new RecordFormatException("The record's header " + name + " is not UTF-8 text.");
        }
    }

    private static long number(Map<String, byte[]> headers, String name) throws RecordFormatException {
        byte[] digits = value(headers, name);
        boolean canonical = digits.length > 0 && digits.length <= 19 && (digits[0] != '0' || digits.length == 1);
        long number = 0;
        for (int i = 0; canonical && i < digits.length; i++) {
            int digit = digits[i] - '0';
            canonical = digit >= 0 && digit <= 9 && number <= (Long.MAX_VALUE - digit) / 10;
            number = number * 10 + digit;
        }
        if (!canonical) {
            throw new RecordFormatException("The record's header " + name + " is '" + shown(digits)
                    + "'; it must be a decimal number from 0 to " + Long.MAX_VALUE
                    + " without sign and leading zeros.");
        }
        return number;
    }

    private static byte[] value(Map<String, byte[]> headers, String name) throws RecordFormatException {
        byte @Nullable [] value = headers.get(name);
        if (value == null) {
            throw new RecordFormatException("The record has no header " + name
                    + "; it was not written by an Espalier gateway, or something on the way removed its headers.");
        }
        return value;
    }

    private static String shown(byte[] bytes) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(bytes.length, 24); i++) {
            shown.append(bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char) bytes[i] : '?');
        }
        return bytes.length > 24 ? shown.append("...").toString() : shown.toString();
    }
}
