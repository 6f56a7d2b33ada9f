package io.espalier.file.roll;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a visible file, which says what the file holds: all records of one partition from one offset to another.
 *
 * @param partition the Kafka partition
 * @param first the first offset the file answers for
 * @param last the last offset the file answers for; the next file starts with the next
 */
public record PartName(int partition, long first, long last) {
    private static final Pattern VISIBLE = Pattern.compile("part-(\\d{1,9})-(\\d{20})-(\\d{20})\\.jsonl");
    private static final Pattern IN_FLIGHT = Pattern.compile("\\.part-\\d{1,9}-\\d{20}\\.jsonl\\.inflight");

    public PartName {
        if (partition < 0 || first < 0 || last < first) {
            throw new IllegalArgumentException("There is no file of partition " + partition + " from offset " + first
                    + " to " + last + "; offsets rise from 0.");
        }
    }

    /** Reads a visible file's name; empty when it is none. */
    public static Optional<PartName> parse(String fileName) {
        Matcher matcher = VISIBLE.matcher(fileName);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new PartName(
                    Integer.parseInt(matcher.group(1)),
                    Long.parseLong(matcher.group(2)),
                    Long.parseLong(matcher.group(3))));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    static boolean isInFlight(String fileName) {
        return IN_FLIGHT.matcher(fileName).matches();
    }

    static String inFlight(int partition, long first) {
        return String.format(".part-%d-%020d.jsonl.inflight", partition, first);
    }

    @Override
    public String toString() {
        return String.format("part-%d-%020d-%020d.jsonl", partition, first, last);
    }
}
