package io.espalier.catalog.shell;

import io.espalier.catalog.definition.DraftReader;
import io.espalier.catalog.definition.Spelling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The words after a stream command: plain words and {@code --option value} or {@code --option=value}, where each field of a
 * definition is an option in kebab case.
 *
 * @param plain the words that are no options
 * @param fields option values by field name, whole numbers and lists already read as such
 */
public record CommandWords(List<String> plain, Map<String, Object> fields) {
    private static final List<String> NUMBERS = List.of("version", "partitions", "priority", "maxRecordBytes");

    public CommandWords {
        plain = List.copyOf(plain);
        fields = Map.copyOf(fields);
    }

    /**
     * Reads the words.
     *
     * @param usage how the command is written, for the sentences
     * @throws IllegalArgumentException with a sentence for the operator
     */
    public static CommandWords read(String usage, List<String> words) {
        List<String> plain = new ArrayList<>();
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("--")) {
                plain.add(word);
                continue;
            }
            int equals = word.indexOf('=');
            String option = equals < 0 ? word : word.substring(0, equals);
            String field = field(option, usage);
            String value;
            if (equals >= 0) {
                value = word.substring(equals + 1);
            } else if (i + 1 < words.size()) {
                i++;
                value = words.get(i);
            } else {
                throw new IllegalArgumentException("The option " + option + " has no value; write " + usage + ".");
            }
            if (fields.put(field, typed(field, value)) != null) {
                throw new IllegalArgumentException("The option " + option + " is given twice; give it once.");
            }
        }
        return new CommandWords(plain, fields);
    }

    /** The one plain word of a command that takes a stream id. */
    public String onlyWord(String usage) {
        if (plain.size() != 1) {
            throw new IllegalArgumentException(
                    "The command takes one stream id but got " + plain.size() + " words; write " + usage + ".");
        }
        return plain.get(0);
    }

    private static String field(String option, String usage) {
        List<String> options = DraftReader.FIELDS.stream()
                .filter(field -> !field.equals("id") && !field.equals("topic"))
                .map(CommandWords::option)
                .toList();
        for (String field : DraftReader.FIELDS) {
            if (options.contains(option) && option(field).equals(option)) {
                return field;
            }
        }
        @Nullable String near = Spelling.nearest(option, options);
        throw new IllegalArgumentException("There is no option " + option + "; "
                + (near == null ? "write " + usage : "did you mean " + near) + (near == null ? "." : "?"));
    }

    private static String option(String field) {
        return "--" + field.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static Object typed(String field, String value) {
        if (field.equals("terminals")) {
            return value.isEmpty() ? List.of() : List.of(value.split(",", -1));
        }
        if (NUMBERS.contains(field)) {
            try {
                return Long.valueOf(value);
            } catch (NumberFormatException noNumber) {
                // The draft's reader says what is wrong with a text here.
                return value;
            }
        }
        return value;
    }
}
