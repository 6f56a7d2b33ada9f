package io.espalier.collector.settings;

import static java.util.Objects.requireNonNull;

import io.espalier.stream.id.StreamId;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Says which files feed which stream: {@code demo.clock.tick=/var/log/clock/*.log}, or with a place holder one stream for
 * each file name, {@code host.log.{file}=/var/log/**}{@code /*.log}.
 *
 * @param stream a stream id, whose last part may be {@code {file}}
 * @param glob an absolute path in which {@code *}, {@code ?}, {@code [..]} and {@code {a,b}} stand for parts of a name and
 *     {@code **} for any number of folders
 */
public record SourceSpec(String stream, String glob) {
    private static final String PLACE_HOLDER = "{file}";
    private static final int MAX_PART = 64;

    public SourceSpec {
        requireNonNull(stream, "stream is null");
        requireNonNull(glob, "glob is null");
        if (!glob.startsWith("/")) {
            throw new IllegalArgumentException("The files of source '" + stream + "=" + glob
                    + "' are no absolute path; start it with '/', as in /var/log/**/*.log.");
        }
        StreamId.parse(isTemplate(stream) ? prefix(stream) + "x" : stream);
    }

    /**
     * Reads a spec from {@code stream=glob}.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static SourceSpec parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("Source '" + text
                    + "' has no '='; write stream=files, as in demo.clock.tick=/var/log/clock/*.log.");
        }
        return new SourceSpec(
                text.substring(0, equals).trim(), text.substring(equals + 1).trim());
    }

    /** The stream that the file feeds. */
    public StreamId streamOf(Path file) {
        return StreamId.parse(isTemplate(stream) ? prefix(stream) + partOf(file) : stream);
    }

    /** Whether files of this spec may feed the stream. */
    public boolean feeds(StreamId id) {
        return isTemplate(stream)
                ? id.toString().startsWith(prefix(stream))
                : id.toString().equals(stream);
    }

    /** Turns text into the part of a stream id: lower case, everything but letters, digits and '-' replaced by '-'. */
    public static String sanitise(String text) {
        String part =
                text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-").replaceFirst("^-+", "");
        if (part.isEmpty()) {
            return "x";
        }
        return part.length() <= MAX_PART ? part : part.substring(0, MAX_PART);
    }

    private static String partOf(Path file) {
        Path name = file.getFileName();
        return sanitise(name == null ? "" : name.toString().replaceFirst("\\.log$", ""));
    }

    private static boolean isTemplate(String stream) {
        return stream.endsWith("." + PLACE_HOLDER);
    }

    private static String prefix(String stream) {
        return stream.substring(0, stream.length() - PLACE_HOLDER.length());
    }
}
