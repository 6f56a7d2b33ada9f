package io.espalier.replication.shell;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The words after a command: plain ones, {@code --option value} or {@code --option=value}, and switches without a value.
 *
 * @param plain the words that are no options
 * @param options values by option; of a switch, empty
 */
public record CommandWords(List<String> plain, Map<String, String> options) {
    public CommandWords {
        plain = List.copyOf(plain);
        options = Map.copyOf(options);
    }

    /**
     * Reads the words.
     *
     * @param usage how the command is written, with every option and {@code ...} only as an example
     * @param valued options that take a value
     * @param switches options that take none
     * @throws IllegalArgumentException with a sentence for the operator
     */
    public static CommandWords read(String usage, List<String> words, List<String> valued, List<String> switches) {
        if (words.contains("--help")) {
            // The kernel's shell shows an exception that begins so as help.
            throw new IllegalArgumentException("Usage: " + usage + ".");
        }
        List<String> plain = new ArrayList<>();
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("--")) {
                plain.add(word);
                continue;
            }
            int equals = word.indexOf('=');
            String option = equals < 0 ? word : word.substring(0, equals);
            String value = equals < 0 ? "" : word.substring(equals + 1);
            if (valued.contains(option)) {
                if (equals < 0) {
                    if (i + 1 == words.size()) {
                        throw new IllegalArgumentException(
                                "The option " + option + " has no value; write " + usage + ".");
                    }
                    i++;
                    value = words.get(i);
                }
            } else if (!switches.contains(option) || equals >= 0) {
                throw new IllegalArgumentException("There is no option " + word + " here; write " + usage + ".");
            }
            if (options.put(option, value) != null) {
                throw new IllegalArgumentException("The option " + option + " is given twice; give it once.");
            }
        }
        return new CommandWords(plain, options);
    }

    /** Refuses unless there are so many plain words. */
    public CommandWords withPlain(int count, String usage) {
        return withPlain(count, count, usage);
    }

    /** Refuses unless there are so many plain words at least and at most. */
    public CommandWords withPlain(int least, int most, String usage) {
        if (plain.size() < least || plain.size() > most) {
            String wanted = (least == 0 ? "no" : String.valueOf(least)) + (most > least ? " to " + most : "");
            throw new IllegalArgumentException("The command takes " + wanted + " words without an option but got "
                    + plain.size() + "; write " + usage + ".");
        }
        return this;
    }

    public Optional<String> value(String option) {
        return Optional.ofNullable(options.get(option));
    }

    public boolean has(String option) {
        return options.containsKey(option);
    }
}
