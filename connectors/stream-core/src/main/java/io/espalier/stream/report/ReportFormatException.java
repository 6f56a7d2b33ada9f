package io.espalier.stream.report;

import static java.util.Objects.requireNonNull;

/** Says with a code and one sentence why bytes are not an acceptable report. */
public final class ReportFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Code code;

    public ReportFormatException(Code code, String sentence) {
        super(sentence);
        this.code = requireNonNull(code, "code is null");
    }

    public Code code() {
        return code;
    }

    /** What can be wrong with a report, so that refusals can be counted and answered alike. */
    public enum Code {
        /** The bytes do not start with the report's magic. */
        NOT_A_REPORT,
        /** Written by a newer version of the format. */
        UNSUPPORTED_VERSION,
        /** The bytes end before the report does. */
        TRUNCATED,
        /** The checksum does not fit: the bytes changed on their way. */
        BAD_CRC,
        /** A field's value is outside its range. */
        BAD_FIELD,
        /** More bytes than allowed. */
        REPORT_TOO_LARGE,
        /** More records than allowed. */
        TOO_MANY_RECORDS
    }
}
