package io.espalier.relay.permission;

import io.espalier.files.LineFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which permissions were used, on disk until none of that age can be valid: a line {@code SECOND ID} for each, and {@code SECOND
 * floor} for the time up to which they are forgotten. A permission that ends at or before the floor is refused for good, so that a
 * clock that is set back lets none be used twice. Thread-safe.
 */
final class UsedPermissions {
    /** Live ones; beyond them nothing is taken. A master gives far fewer in five minutes. */
    static final int MOST = 10_000;

    private static final int SPARE_LINES = 1_000;
    private static final String FLOOR = "floor";
    private static final Pattern LINE = Pattern.compile("(\\d{1,12}) ([A-Za-z0-9_-]{1,64})");

    /** What became of a claim. */
    enum Claim {
        TAKEN,
        USED_BEFORE,
        TOO_OLD,
        NO_ROOM
    }

    private final LineFile file;
    private final Map<String, Long> ends = new HashMap<>();
    private long floor = Long.MIN_VALUE;

    private UsedPermissions(LineFile file) {
        this.file = file;
    }

    /**
     * Reads the file.
     *
     * @throws IOException when it cannot be read; then nothing may be permitted
     */
    static UsedPermissions open(Path file) throws IOException {
        UsedPermissions used = new UsedPermissions(new LineFile(file, SPARE_LINES));
        used.read();
        return used;
    }

    /**
     * Notes the use of a permission, on disk when this returns.
     *
     * @param end from when on it is not valid in any case, whatever clocks say
     */
    synchronized Claim claim(String id, Instant end, Instant now) throws IOException {
        forget(now.getEpochSecond());
        if (end.getEpochSecond() <= floor) {
            return Claim.TOO_OLD;
        }
        if (ends.containsKey(id)) {
            return Claim.USED_BEFORE;
        }
        if (ends.size() >= MOST) {
            return Claim.NO_ROOM;
        }
        // Before the act, so that a crash in between loses the act and not the note.
        file.add(line(end.getEpochSecond(), id));
        ends.put(id, end.getEpochSecond());
        file.shorten(ends.size(), this::lines);
        return Claim.TAKEN;
    }

    private void forget(long now) {
        ends.values().removeIf(end -> {
            boolean over = end <= now;
            floor = over ? Math.max(floor, end) : floor;
            return over;
        });
    }

    /** A last line that is torn was torn by a crash before the act. */
    private void read() throws IOException {
        for (String line : file.read()) {
            Matcher parts = LINE.matcher(line);
            if (parts.matches()) {
                long second = Long.parseLong(parts.group(1));
                if (parts.group(2).equals(FLOOR)) {
                    floor = Math.max(floor, second);
                } else {
                    ends.put(parts.group(2), second);
                }
            }
        }
    }

    private Collection<String> lines() {
        List<String> lines = new ArrayList<>();
        if (floor > 0) {
            lines.add(line(floor, FLOOR));
        }
        ends.forEach((id, end) -> lines.add(line(end, id)));
        return lines;
    }

    private static String line(long second, String word) {
        return second + " " + word;
    }
}
