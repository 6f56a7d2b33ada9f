package io.espalier.registry.client;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Content-Range header; all -1 if it cannot be read, {@code total} -1 if the sender does not know it. */
record ContentRange(long first, long last, long total) {
    private static final Pattern FORM =
            Pattern.compile("bytes\\s+([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\\*)", Pattern.CASE_INSENSITIVE);

    static ContentRange of(String header) {
        Matcher matcher = FORM.matcher(header.strip());
        if (!matcher.matches()) {
            return new ContentRange(-1, -1, -1);
        }
        String total = matcher.group(3);
        return new ContentRange(
                Long.parseLong(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                total.equals("*") ? -1 : Long.parseLong(total));
    }

    /** Whether it is one byte at this place of content of this size. */
    boolean matches(long at, long size) {
        return first == at && last == at && (total == -1 || total == size);
    }
}
