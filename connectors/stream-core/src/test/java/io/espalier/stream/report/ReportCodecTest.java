package io.espalier.stream.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.espalier.stream.id.StreamId;
import io.espalier.stream.report.ReportFormatException.Code;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportCodecTest {
    private static final Report REPORT = new Report(
            StreamId.parse("ads.web.click"),
            "host-ä/3",
            5,
            100,
            List.of(
                    new Report.Entry(1700000000000L, "first".getBytes(UTF_8)),
                    new Report.Entry(0, new byte[0]),
                    new Report.Entry(Long.MAX_VALUE, new byte[] {0, -1, 10})));

    @Test
    void readsBackWhatItWrote() throws ReportFormatException {
        byte[] bytes = ReportCodec.encode(REPORT);
        assertThat(bytes).hasSize((int) ReportCodec.encodedLength(REPORT));
        assertSame(ReportCodec.decode(bytes, ReportLimits.DEFAULT), REPORT);
    }

    @Test
    void readsFromTheMiddleOfADirectBufferAndLeavesItAsItWas() throws ReportFormatException {
        byte[] bytes = ReportCodec.encode(REPORT);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length + 20);
        direct.position(7).put(bytes).flip().position(7);
        assertSame(ReportCodec.decode(direct, ReportLimits.DEFAULT), REPORT);
        assertThat(direct.position()).isEqualTo(7);
        assertThat(direct.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
    }

    /** The example of docs/formats/record.md; if this changes, the format has changed. */
    @Test
    void keepsTheDocumentedBytes() {
        Report report = new Report(
                StreamId.parse("ads.web.click"), "h/1", 2, 3, List.of(new Report.Entry(4, "hi".getBytes(UTF_8))));
        assertThat(hex(ReportCodec.encode(report)))
                .isEqualTo("45535052" + "0100" + "0000" + "0200000000000000" + "0300000000000000" + "01000000" + "0d00"
                        + "0300" + "6164732e7765622e636c69636b" + "682f31" + "0400000000000000" + "02000000" + "6869"
                        + "db94a2b3");
    }

    @Test
    void refusesWhatIsNoReport() {
        assertRefused(new byte[0], Code.NOT_A_REPORT, "does not start with 'ESPR'");
        assertRefused("{\"agent\":1}".getBytes(UTF_8), Code.NOT_A_REPORT, "does not start with 'ESPR'");
        assertRefused("ESPR".getBytes(UTF_8), Code.TRUNCATED, "4 bytes");
    }

    @Test
    void refusesAnotherVersionBeforeLookingFurther() {
        byte[] bytes = ReportCodec.encode(REPORT);
        bytes[4] = 2;
        assertRefused(bytes, Code.UNSUPPORTED_VERSION, "format version 2");
    }

    @Test
    void findsEveryFlippedBit() {
        byte[] bytes = ReportCodec.encode(REPORT);
        for (int bit = 6 * 8; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(flipped, Code.BAD_CRC, "send it again");
        }
    }

    @Test
    void findsEveryCut() {
        byte[] bytes = ReportCodec.encode(REPORT);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThat(catchThrowableOfType(
                            ReportFormatException.class, () -> ReportCodec.decode(cut, ReportLimits.DEFAULT)))
                    .isNotNull();
        }
    }

    @Test
    void refusesHostileLengthsEvenUnderAGoodChecksum() {
        assertRefused(patched(24, 0), Code.BAD_FIELD, "names 0 records");
        assertRefused(patched(24, -1), Code.BAD_FIELD, "names 4294967295 records");
        assertRefused(patched(24, 60_000), Code.TRUNCATED, "do not fit");
        assertRefused(patched(24, 70_000), Code.TOO_MANY_RECORDS, "70000 records");
        assertRefused(patched(24, 4), Code.TRUNCATED, "head of record 3");
        assertRefused(patched(24, 2), Code.BAD_FIELD, "goes on for 15 bytes");
        assertRefused(patched(28, 0xffff_ffff), Code.TRUNCATED, "stream id has 65535 bytes");
        int firstRecord = ReportCodec.HEAD_BYTES + "ads.web.click".length() + "host-ä/3".getBytes(UTF_8).length;
        assertRefused(patched(firstRecord + 8, Integer.MAX_VALUE), Code.TRUNCATED, "Record 0 names 2147483647 bytes");
        assertRefused(patched(firstRecord + 8, -1), Code.TRUNCATED, "Record 0 names 4294967295 bytes");
        assertRefused(patched(firstRecord + 4, 0x8000_0000), Code.BAD_FIELD, "ts of record 0 is -");
    }

    @Test
    void refusesFieldsOutOfRangeEvenUnderAGoodChecksum() {
        assertRefused(patched(12, 0x8000_0000), Code.BAD_FIELD, "epoch is -");
        assertRefused(patched(20, 0x8000_0000), Code.BAD_FIELD, "seq is -");
        assertRefused(patched(20, 0x7fff_ffff, 16, -1), Code.BAD_FIELD, "leaves the range");
        assertRefused(patched(4, 0x0001_0001), Code.BAD_FIELD, "flags are not 0");
        assertRefused(patched(32, 0x2e2e_2e2e), Code.BAD_FIELD, "Stream id");
        assertRefused(patched(32, 0x80808080), Code.BAD_FIELD, "stream id is not UTF-8");
    }

    @Test
    void refusesMoreBytesOrRecordsThanTheLimits() {
        byte[] bytes = ReportCodec.encode(new Report(
                REPORT.stream(),
                "a",
                0,
                0,
                List.of(new Report.Entry(0, new byte[2000]), new Report.Entry(0, new byte[1]))));
        assertThat(catchThrowableOfType(
                                ReportFormatException.class, () -> ReportCodec.decode(bytes, new ReportLimits(1024, 9)))
                        .code())
                .isEqualTo(Code.REPORT_TOO_LARGE);
        assertThat(catchThrowableOfType(
                                ReportFormatException.class, () -> ReportCodec.decode(bytes, new ReportLimits(4096, 1)))
                        .code())
                .isEqualTo(Code.TOO_MANY_RECORDS);
    }

    static byte[] patched(int... offsetsAndInts) {
        byte[] bytes = ReportCodec.encode(REPORT);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < offsetsAndInts.length; i += 2) {
            buffer.putInt(offsetsAndInts[i], offsetsAndInts[i + 1]);
        }
        return resealed(bytes);
    }

    /** Puts a checksum that fits at the end, as someone who means harm would. */
    static byte[] resealed(byte[] bytes) {
        int end = bytes.length - ReportCodec.CRC_BYTES;
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(end, ReportCodec.crc(bytes, 0, end));
        return bytes;
    }

    static void assertSame(Report actual, Report expected) {
        assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
    }

    private static void assertRefused(byte[] bytes, Code code, String because) {
        ReportFormatException refusal = catchThrowableOfType(
                ReportFormatException.class, () -> ReportCodec.decode(bytes, ReportLimits.DEFAULT));
        assertThat(refusal).as("a refusal with " + code).isNotNull();
        assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
        assertThat(refusal).hasMessageContaining(because).hasMessageEndingWith(".");
    }

    private static String hex(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }
}
