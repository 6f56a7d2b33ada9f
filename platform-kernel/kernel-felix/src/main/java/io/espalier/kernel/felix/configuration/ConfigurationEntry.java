package io.espalier.kernel.felix.configuration;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.config.ConfigCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One configuration.
 *
 * @param file where it was read, null if environment variables alone make it
 * @param text as read last, null if it cannot be read
 * @param now what the check made of that text
 * @param good the last that passed a check, null if none did
 */
record ConfigurationEntry(
        @Nullable Path file,
        @Nullable String text,
        CheckedFile now,
        @Nullable GoodForm good) {
    ConfigurationEntry {
        requireNonNull(now, "now is null");
    }

    boolean holds(Path otherFile, String otherText) {
        return otherFile.equals(file) && otherText.equals(text);
    }

    boolean isUnreadable(String why) {
        return text == null && now.problems().equals(List.of(why));
    }

    boolean rejected() {
        return !now.problems().isEmpty();
    }

    /** As lists show it. */
    ConfigurationView view(ConfigurationName name, Schemas schemas) {
        List<String> notes = new ArrayList<>(now.problems());
        ConfigurationView.State state = ConfigurationView.State.IN_FORCE;
        Map<String, Object> values = now.values();
        if (rejected()) {
            state = ConfigurationView.State.REJECTED;
            values = good == null ? Map.of() : good.file().values();
        } else if (!now.declared()) {
            state = ConfigurationView.State.UNDECLARED;
            notes.add(ConfigCheck.unknownPid(name.pid(), schemas.pids()));
        }
        return new ConfigurationView(name.toString(), name.fileName(), state, values, notes);
    }
}
