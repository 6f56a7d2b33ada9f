package io.espalier.stream.id;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/**
 * Names a stream by department, project and business, as in {@code ads.web.click}.
 *
 * <p>A part is 1 to 64 characters of {@code [a-z0-9-]} and starts with a letter or digit, so that an id is at once a valid
 * Kafka topic name, file name and URL path segment. Immutable and comparable in the order of its text.
 */
public record StreamId(String department, String project, String business) implements Comparable<StreamId> {
    private static final Pattern PART = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    public StreamId {
        checkPart("department", department);
        checkPart("project", project);
        checkPart("business", business);
    }

    /**
     * Reads an id from its dotted text.
     *
     * @throws IllegalArgumentException with a sentence that names the part at fault
     */
    public static StreamId parse(String text) {
        requireNonNull(text, "text is null");
        String[] parts = text.split("\\.", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("Stream id '" + abbreviate(text) + "' has " + parts.length
                    + " parts; write department.project.business, as in ads.web.click.");
        }
        return new StreamId(parts[0], parts[1], parts[2]);
    }

    private static void checkPart(String name, String part) {
        requireNonNull(part, () -> name + " is null");
        if (!PART.matcher(part).matches()) {
            throw new IllegalArgumentException("The " + name + " of a stream id is '" + abbreviate(part)
                    + "'; use 1 to 64 characters of a-z, 0-9 and '-', starting with a letter or digit.");
        }
    }

    private static String abbreviate(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    @Override
    public int compareTo(StreamId other) {
        return toString().compareTo(other.toString());
    }

    /** The dotted text, as {@link #parse} reads it. */
    @Override
    public String toString() {
        return department + '.' + project + '.' + business;
    }
}
