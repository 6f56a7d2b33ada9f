package io.espalier.catalog.definition;

import io.espalier.stream.catalog.DeliveryClass;
import io.espalier.stream.id.StreamId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a draft from named values, as a JSON object or a command line gives them. Never throws for bad input: each mistake
 * becomes one sentence in {@link StreamDraft#problems()}.
 */
public final class DraftReader {
    /** Every field that a client may write. */
    public static final List<String> FIELDS = List.of(
            "id",
            "version",
            "topic",
            "partitions",
            "priority",
            "delivery",
            "format",
            "terminals",
            "maxRecordBytes",
            "description");

    private static final List<String> FORMATS = List.of("text", "json");
    private static final List<String> DELIVERIES = Arrays.stream(DeliveryClass.values())
            .map(delivery -> delivery.name().toLowerCase(Locale.ROOT))
            .toList();
    private static final Pattern TERMINAL = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    private final FieldValues values;

    private DraftReader(FieldValues values) {
        this.values = values;
    }

    /** Reads all of {@code fields}: texts, whole numbers and lists of texts. */
    public static StreamDraft read(Map<String, ? extends @Nullable Object> fields) {
        return new DraftReader(new FieldValues(fields)).draft();
    }

    private StreamDraft draft() {
        values.refuseAllBut(FIELDS);
        return new StreamDraft(
                id(),
                values.whole("version", 1, Long.MAX_VALUE),
                values.text("topic", 249),
                values.wholeInt("partitions", 1, DefinitionLimits.MAX_PARTITIONS),
                values.wholeInt("priority", 1, DefinitionLimits.MAX_PRIORITY),
                delivery(),
                values.oneOf("format", FORMATS),
                terminals(),
                values.wholeInt("maxRecordBytes", 1, DefinitionLimits.MAX_RECORD_BYTES),
                description(),
                values.problems());
    }

    private @Nullable StreamId id() {
        String text = values.text("id", 1_000);
        if (text == null) {
            return null;
        }
        try {
            return StreamId.parse(text);
        } catch (IllegalArgumentException unreadable) {
            values.problem("id", String.valueOf(unreadable.getMessage()));
            return null;
        }
    }

    private @Nullable DeliveryClass delivery() {
        String text = values.oneOf("delivery", DELIVERIES);
        return text == null ? null : DeliveryClass.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private @Nullable List<String> terminals() {
        List<String> names = values.texts("terminals", DefinitionLimits.MAX_TERMINALS);
        if (names == null) {
            return null;
        }
        for (String name : names) {
            if (!TERMINAL.matcher(name).matches()) {
                values.problem(
                        "terminals",
                        "terminals names '" + FieldValues.shown(name)
                                + "'; a terminal's name is 1 to 64 characters of a-z, 0-9 and '-'.");
                return null;
            }
        }
        if (names.stream().distinct().count() < names.size()) {
            values.problem("terminals", "terminals names a terminal twice; name each once.");
            return null;
        }
        return names;
    }

    private @Nullable String description() {
        String text = values.text("description", DefinitionLimits.MAX_DESCRIPTION_CHARS);
        if (text != null && !isPlainText(text)) {
            values.problem(
                    "description",
                    "description holds a control character or half of a surrogate pair; use plain text.");
            return null;
        }
        return text;
    }

    /** Databases differ in what else they take: PostgreSQL refuses the character 0, drivers replace lone surrogates. */
    private static boolean isPlainText(String text) {
        return text.codePoints()
                .allMatch(c -> c == '\n' || c == '\t' || (!Character.isISOControl(c) && !isLoneSurrogate(c)));
    }

    private static boolean isLoneSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
