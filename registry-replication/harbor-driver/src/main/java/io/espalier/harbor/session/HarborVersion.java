package io.espalier.harbor.session;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of Harbor, and what came with which. */
public record HarborVersion(int major, int minor) implements Comparable<HarborVersion> {
    /** The first with everything that is needed. */
    public static final HarborVersion OLDEST = new HarborVersion(2, 5);

    private static final Pattern TEXT = Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4}).*");

    /** Reads {@code v2.14.1-0123abcd}; empty if it is none. */
    public static Optional<HarborVersion> read(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches()
                ? Optional.of(new HarborVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    /** Whether large blobs can be copied in chunks. */
    public boolean copiesByChunk() {
        return isAtLeast(2, 7);
    }

    /** Whether a webhook can be asked for CloudEvents. */
    public boolean sendsCloudEvents() {
        return isAtLeast(2, 8);
    }

    /** Whether robots can be allowed to replicate. */
    public boolean robotsReplicate() {
        return isAtLeast(2, 10);
    }

    /** Whether a registry entry may bring its own authority; before, it is ignored without a word. */
    public boolean takesAuthorities() {
        return isAtLeast(2, 15);
    }

    private boolean isAtLeast(int wantedMajor, int wantedMinor) {
        return compareTo(new HarborVersion(wantedMajor, wantedMinor)) >= 0;
    }

    @Override
    public int compareTo(HarborVersion other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
