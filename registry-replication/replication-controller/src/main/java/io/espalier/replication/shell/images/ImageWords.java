package io.espalier.replication.shell.images;

import io.espalier.replication.transfer.PriorityRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The words after an image command.
 *
 * @param plain those that are no options
 * @param flags options without a value that were given, as {@code --dry-run}
 */
record ImageWords(List<String> plain, Set<String> flags, OptionalInt priority) {
    ImageWords {
        plain = List.copyOf(plain);
        flags = Set.copyOf(flags);
    }

    /**
     * Reads them.
     *
     * @param usage how the command is written, for the sentences; an option that does not stand in it is refused
     */
    static ImageWords read(String usage, List<String> words) {
        List<String> plain = new ArrayList<>();
        Set<String> flags = new HashSet<>();
        OptionalInt priority = OptionalInt.empty();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("--")) {
                plain.add(word);
            } else if (!usage.contains("[" + word.replaceAll("=.*", ""))) {
                throw new IllegalArgumentException("There is no option " + word + " here; write " + usage + ".");
            } else if (word.startsWith("--priority=")) {
                priority = OptionalInt.of(PriorityRules.priority(word.substring("--priority=".length())));
            } else if (word.equals("--priority")) {
                i++;
                if (i == words.size()) {
                    throw new IllegalArgumentException("The option --priority has no value; write " + usage + ".");
                }
                priority = OptionalInt.of(PriorityRules.priority(words.get(i)));
            } else {
                flags.add(word);
            }
        }
        return new ImageWords(plain, flags, priority);
    }

    boolean has(String flag) {
        return flags.contains(flag);
    }

    /** The plain words when there are as many. */
    List<String> plain(int least, int most, String usage) {
        if (plain.size() < least || plain.size() > most) {
            throw new IllegalArgumentException("The command got " + plain.size() + " words; write " + usage + ".");
        }
        return plain;
    }
}
