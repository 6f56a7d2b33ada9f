package io.espalier.stream.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.stream.id.StreamId;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ReportCodecFuzzTest {
    @Property(tries = 500)
    void everyReportSurvivesTheRoundTrip(@ForAll("reports") Report report) throws ReportFormatException {
        ReportCodecTest.assertSame(ReportCodec.decode(ReportCodec.encode(report), ReportLimits.DEFAULT), report);
    }

    @Property(tries = 2000)
    void randomBytesAreRefusedAndNothingElseIsThrown(@ForAll @Size(max = 300) byte[] bytes) {
        assertThat(decodes(bytes)).isFalse();
    }

    @Property(tries = 2000)
    void randomBytesInAGoodFrameThrowNothingElse(@ForAll @Size(min = 36, max = 300) byte[] bytes) {
        System.arraycopy(new byte[] {'E', 'S', 'P', 'R', 1, 0, 0, 0}, 0, bytes, 0, 8);
        decodes(ReportCodecTest.resealed(bytes));
    }

    /** What still decodes after the change is a valid report, so that writing it again gives the same bytes. */
    @Property(tries = 3000)
    void changedReportsAreRefusedOrStillValid(
            @ForAll("reports") Report report,
            @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 1 << 24) Integer> changes)
            throws ReportFormatException {
        byte[] bytes = ReportCodec.encode(report);
        for (int change : changes) {
            bytes[(change >>> 8) % bytes.length] = (byte) change;
        }
        ReportCodecTest.resealed(bytes);
        if (decodes(bytes)) {
            assertThat(ReportCodec.encode(ReportCodec.decode(bytes, ReportLimits.DEFAULT)))
                    .isEqualTo(bytes);
        }
    }

    @Provide
    Arbitrary<Report> reports() {
        Arbitrary<String> agents = Arbitraries.strings()
                .withCharRange('!', '~')
                .withChars('ä', '漢')
                .ofMinLength(1)
                .ofMaxLength(20);
        Arbitrary<Long> numbers = Arbitraries.longs().between(0, Long.MAX_VALUE - 100);
        Arbitrary<List<Report.Entry>> entries = Combinators.combine(
                        numbers, Arbitraries.bytes().array(byte[].class).ofMaxSize(40))
                .as(Report.Entry::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(8);
        return Combinators.combine(agents, numbers, numbers, entries)
                .as((agent, epoch, seq, records) -> new Report(StreamId.parse("a.b.c-1"), agent, epoch, seq, records));
    }

    private static boolean decodes(byte[] bytes) {
        try {
            ReportCodec.decode(bytes, ReportLimits.DEFAULT);
            return true;
        } catch (ReportFormatException e) {
            assertThat(e).hasMessageEndingWith(".");
            return false;
        }
    }
}
