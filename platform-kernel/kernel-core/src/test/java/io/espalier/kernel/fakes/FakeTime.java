package io.espalier.kernel.fakes;

import io.espalier.kernel.supervise.Timekeeper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A clock that moves only when it is told to. */
public final class FakeTime implements Timekeeper {
    private final List<Alarm> alarms = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private record Alarm(Instant due, Runnable task) {}

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public void at(Instant due, Runnable task) {
        synchronized (this) {
            if (due.isAfter(now)) {
                alarms.add(new Alarm(due, task));
                return;
            }
        }
        task.run();
    }

    /** Moves on and runs what is due, on the calling thread. */
    public void advance(Duration by) {
        List<Alarm> due;
        synchronized (this) {
            now = now.plus(by);
            due = alarms.stream()
                    .filter(alarm -> !alarm.due().isAfter(now))
                    .sorted(Comparator.comparing(Alarm::due))
                    .toList();
            alarms.removeAll(due);
        }
        due.forEach(alarm -> alarm.task().run());
    }
}
