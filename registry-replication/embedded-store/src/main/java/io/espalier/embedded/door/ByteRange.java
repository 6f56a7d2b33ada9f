package io.espalier.embedded.door;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The bytes from one to another, both included. */
record ByteRange(long first, long last) {
    private static final Pattern FORM = Pattern.compile("bytes\\s*=\\s*([0-9]{0,18})\\s*-\\s*([0-9]{0,18})\\s*");

    long length() {
        return last - first + 1;
    }

    /**
     * Reads a Range header; empty if it is none, of several ranges, or of another unit, which a server may ignore (RFC 9110, 14.2).
     *
     * @throws PullFault with 416 if the content has no such bytes
     */
    static Optional<ByteRange> of(String header, long size) {
        Matcher form = FORM.matcher(header.strip());
        if (!form.matches() || (form.group(1).isEmpty() && form.group(2).isEmpty())) {
            return Optional.empty();
        }
        if (form.group(1).isEmpty()) {
            long count = Long.parseLong(form.group(2));
            return Optional.of(satisfiable(Math.max(0, size - count), size - 1, size, count > 0));
        }
        long first = Long.parseLong(form.group(1));
        long last = form.group(2).isEmpty() ? size - 1 : Long.parseLong(form.group(2));
        if (!form.group(2).isEmpty() && last < first) {
            return Optional.empty();
        }
        return Optional.of(satisfiable(first, Math.min(last, size - 1), size, true));
    }

    private static ByteRange satisfiable(long first, long last, long size, boolean some) {
        if (!some || first >= size) {
            throw new PullFault(
                    416,
                    "RANGE_INVALID",
                    "The blob has " + size + " bytes, so not those that were asked for.",
                    java.util.Map.of("Content-Range", "bytes */" + size));
        }
        return new ByteRange(first, last);
    }
}
