package io.espalier.replication.trigger;

import java.time.DayOfWeek;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * A cron expression of five fields: minute, hour, day of month, month, day of week (0 or 7 is Sunday), with names of months and
 * days in English. As in crontab(5), when both days are given either of them is enough.
 */
public final class CronSchedule {
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    /** Longer than the eight years between two 29ths of February around 2100. */
    private static final int YEARS = 9;

    private final String text;
    private final CronField minute;
    private final CronField hour;
    private final CronField day;
    private final CronField month;
    private final CronField weekday;

    private CronSchedule(String text, List<String> fields) {
        this.text = text;
        minute = CronField.parse(fields.get(0), 0, 59, List.of());
        hour = CronField.parse(fields.get(1), 0, 23, List.of());
        day = CronField.parse(fields.get(2), 1, 31, List.of());
        month = CronField.parse(fields.get(3), 1, 12, MONTHS);
        weekday = CronField.parse(fields.get(4), 0, 7, DAYS);
    }

    /**
     * Reads an expression.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static CronSchedule parse(String text) {
        List<String> fields = List.of(text.strip().split("\\s+", -1));
        if (fields.size() != 5) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no schedule; write five fields: minute hour day-of-month month day-of-week.");
        }
        try {
            return new CronSchedule(text.strip(), fields);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is no schedule: " + e.getMessage() + ".", e);
        }
    }

    /** The first time after this one; empty when there is none, as for a 30th of February. */
    public Optional<ZonedDateTime> next(ZonedDateTime after) {
        ZonedDateTime at = after.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        ZonedDateTime end = after.plusYears(YEARS);
        while (at.isBefore(end)) {
            if (!month.has(at.getMonthValue())) {
                at = at.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).plusMonths(1);
            } else if (!isDay(at)) {
                at = at.truncatedTo(ChronoUnit.DAYS).plusDays(1);
            } else if (!hour.has(at.getHour())) {
                at = at.truncatedTo(ChronoUnit.HOURS).plusHours(1);
            } else if (!minute.has(at.getMinute())) {
                at = at.plusMinutes(1);
            } else {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }

    private boolean isDay(ZonedDateTime at) {
        boolean byDate = day.has(at.getDayOfMonth());
        DayOfWeek name = at.getDayOfWeek();
        boolean byName = weekday.has(name.getValue()) || (name == DayOfWeek.SUNDAY && weekday.has(0));
        return (day.every() || weekday.every()) ? (byDate && byName) : (byDate || byName);
    }

    @Override
    public String toString() {
        return text;
    }
}
