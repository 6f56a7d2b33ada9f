package io.espalier.replication.window;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.image.GlobList;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * When some nodes take images: {@code NAME=FROM-TO [DAYS] [ZONE]}, as {@code branch-*=22:00-06:00 mon-fri Europe/Berlin}.
 *
 * @param nodes a glob that the node's name or its site matches
 * @param from when it opens, at the place's own time
 * @param to when it closes; of the next day unless it is later than {@code from}
 * @param days on which it opens
 */
public record TimeWindow(GlobList nodes, LocalTime from, LocalTime to, Set<DayOfWeek> days, ZoneId zone) {
    private static final Pattern FORM = Pattern.compile(
            "(?<name>[^=]+)=\\s*(?<from>\\d{1,2}:\\d{2})-(?<to>\\d{1,2}:\\d{2})(?<rest>(\\s+\\S+){0,2})\\s*");
    private static final List<String> NAMES = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
    private static final int DAYS_AHEAD = 8;

    public TimeWindow {
        requireNonNull(nodes, "nodes is null");
        requireNonNull(from, "from is null");
        requireNonNull(to, "to is null");
        requireNonNull(zone, "zone is null");
        days = Set.copyOf(days);
    }

    /**
     * Reads one; without days it opens on each, without a zone the times are UTC.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static TimeWindow parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches() || form.group("name").startsWith("!")) {
            throw wrong(text, "write NAME=22:00-06:00, and if need be days as mon-fri and a zone as Europe/Berlin");
        }
        try {
            Set<DayOfWeek> days = EnumSet.allOf(DayOfWeek.class);
            ZoneId zone = ZoneId.of("UTC");
            for (String word : form.group("rest").strip().split("\\s+", -1)) {
                if (isDays(word)) {
                    days = days(word);
                } else if (!word.isEmpty()) {
                    zone = ZoneId.of(word);
                }
            }
            return new TimeWindow(
                    GlobList.of(List.of(form.group("name"))),
                    time(form.group("from")),
                    time(form.group("to")),
                    days,
                    zone);
        } catch (DateTimeException e) {
            throw wrong(text, "times go from 0:00 to 23:59, and zones are written as Europe/Berlin");
        }
    }

    private static IllegalArgumentException wrong(String text, String rule) {
        return new IllegalArgumentException("'" + text + "' is no window; " + rule + ".");
    }

    private static LocalTime time(String text) {
        int colon = text.indexOf(':');
        return LocalTime.of(Integer.parseInt(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
    }

    private static boolean isDays(String word) {
        return Arrays.stream(word.split("[,-]", -1)).allMatch(NAMES::contains);
    }

    /** As {@code mon-fri,sun}. */
    private static Set<DayOfWeek> days(String word) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String part : word.split(",", -1)) {
            int dash = part.indexOf('-');
            DayOfWeek first = day(dash < 0 ? part : part.substring(0, dash));
            DayOfWeek last = day(dash < 0 ? part : part.substring(dash + 1));
            for (DayOfWeek day = first; ; day = day.plus(1)) {
                days.add(day);
                if (day == last) {
                    break;
                }
            }
        }
        return days;
    }

    private static DayOfWeek day(String name) {
        int index = NAMES.indexOf(name);
        if (index < 0) {
            throw new DateTimeException("There is no day " + name + ".");
        }
        return DayOfWeek.of(index + 1);
    }

    /** Whether it is for a node of this name and site. */
    boolean isFor(String node, String site) {
        return nodes.matches(node) || (!site.isEmpty() && nodes.matches(site));
    }

    /** Its times without its nodes, as {@code 22:00-06:00 mon-fri Europe/Berlin}. */
    String times() {
        String on = days.size() == NAMES.size()
                ? ""
                : " "
                        + Arrays.stream(DayOfWeek.values())
                                .filter(days::contains)
                                .map(day -> NAMES.get(day.getValue() - 1))
                                .collect(Collectors.joining(","));
        return from + "-" + to + on + " " + zone;
    }

    /** As it is written. */
    @Override
    public String toString() {
        return nodes + "=" + times();
    }

    /** When it opens next; this time itself while it is open. */
    Optional<Instant> opens(Instant now) {
        LocalDate today = now.atZone(zone).toLocalDate();
        for (int ahead = -1; ahead <= DAYS_AHEAD; ahead++) {
            LocalDate date = today.plusDays(ahead);
            if (!days.contains(date.getDayOfWeek())) {
                continue;
            }
            Instant start = ZonedDateTime.of(date, from, zone).toInstant();
            LocalDate last = to.isAfter(from) ? date : date.plusDays(1);
            Instant end = ZonedDateTime.of(last, to, zone).toInstant();
            if (now.isBefore(end)) {
                return Optional.of(start.isAfter(now) ? start : now);
            }
        }
        return Optional.empty();
    }
}
