package io.espalier.replication.image;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The platforms that are sent, as {@code linux/amd64} or {@code linux/arm/v7}; empty for all.
 *
 * @param platforms in lower case
 */
public record PlatformList(List<String> platforms) {
    private static final Pattern FORM = Pattern.compile("[a-z0-9._-]+/[a-z0-9._-]+(/[a-z0-9._-]+)?");

    public PlatformList {
        platforms = List.copyOf(platforms);
        for (String platform : platforms) {
            if (!FORM.matcher(platform).matches()) {
                throw new IllegalArgumentException(
                        "'" + platform + "' is no platform; write OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT.");
            }
        }
    }

    /** Every platform. */
    public static PlatformList all() {
        return new PlatformList(List.of());
    }

    public boolean isAll() {
        return platforms.isEmpty();
    }

    /** Whether one of the list names it; a list entry without a variant stands for every variant. */
    public boolean matches(String os, String architecture, String variant) {
        String plain = os + "/" + architecture;
        return isAll() || platforms.contains(plain) || platforms.contains(plain + "/" + variant);
    }
}
