package io.espalier.stream.report;

/**
 * How large a report may be, whatever its form on the wire.
 *
 * @param maxBytes the largest report in bytes, uncompressed, at least {@value #SMALLEST_BYTES}
 * @param maxRecords the most records in one report, at least 1
 */
public record ReportLimits(int maxBytes, int maxRecords) {
    private static final int SMALLEST_BYTES = 1024;

    /** 4 MiB and 65,536 records. */
    public static final ReportLimits DEFAULT = new ReportLimits(4 << 20, 1 << 16);

    public ReportLimits {
        if (maxBytes < SMALLEST_BYTES) {
            throw new IllegalArgumentException(
                    "max-report-bytes is " + maxBytes + "; use at least " + SMALLEST_BYTES + ".");
        }
        if (maxRecords < 1) {
            throw new IllegalArgumentException("max-records is " + maxRecords + "; use at least 1.");
        }
    }
}
