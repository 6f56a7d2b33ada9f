package io.espalier.kernel.felix.configuration;

import io.espalier.kernel.config.ConfigKey;
import io.espalier.kernel.config.ConfigSchema;
import io.espalier.kernel.config.ConfigType;
import io.espalier.kernel.config.Secret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.ObjectClassDefinition;

/** Translates a Metatype definition into the kernel's schema. */
final class MetatypeSchema {
    private MetatypeSchema() {}

    static ConfigSchema of(ObjectClassDefinition definition) {
        Set<String> required = attributes(definition, ObjectClassDefinition.REQUIRED)
                .map(AttributeDefinition::getID)
                .collect(Collectors.toSet());
        return new ConfigSchema(attributes(definition, ObjectClassDefinition.ALL)
                .map(attribute -> key(attribute, required.contains(attribute.getID())))
                .toList());
    }

    static Map<String, AttributeDefinition> attributes(ObjectClassDefinition definition) {
        Map<String, AttributeDefinition> byId = new LinkedHashMap<>();
        attributes(definition, ObjectClassDefinition.ALL).forEach(attribute -> byId.put(attribute.getID(), attribute));
        return byId;
    }

    /** One sentence for each value that the definition itself does not allow. */
    static List<String> invalid(String pid, Map<String, AttributeDefinition> attributes, Map<String, Object> values) {
        List<String> problems = new ArrayList<>();
        values.forEach((key, value) -> {
            AttributeDefinition attribute = attributes.get(key);
            String answer =
                    attribute == null || attribute.getCardinality() != 0 ? null : attribute.validate(text(value));
            if (answer != null && !answer.isEmpty()) {
                problems.add(pid + ": '" + key + "' is '" + value + "' but " + readable(answer) + ".");
            }
        });
        return problems;
    }

    /** Felix answers with codes such as {@code greater than maximum} or {@code greater than maximum|100}. */
    private static String readable(String answer) {
        String words = answer.replace('|', ' ').toLowerCase(Locale.ROOT);
        return words.matches("(greater|less) than .*") ? "must not be " + words : answer;
    }

    private static ConfigKey key(AttributeDefinition attribute, boolean required) {
        String[] options = attribute.getOptionValues();
        String description = attribute.getDescription();
        return new ConfigKey(
                attribute.getID(),
                type(attribute),
                defaultOf(attribute),
                required,
                options == null ? List.of() : List.of(options),
                null,
                null,
                description == null ? "" : description);
    }

    private static @Nullable String defaultOf(AttributeDefinition attribute) {
        String[] values = attribute.getDefaultValue();
        return values == null || values.length == 0 ? null : String.join(",", values);
    }

    private static ConfigType type(AttributeDefinition attribute) {
        if (attribute.getCardinality() != 0) {
            return ConfigType.STRINGS;
        }
        return switch (attribute.getType()) {
            case AttributeDefinition.LONG -> ConfigType.LONG;
            case AttributeDefinition.INTEGER, AttributeDefinition.SHORT, AttributeDefinition.BYTE -> ConfigType.INTEGER;
            case AttributeDefinition.DOUBLE, AttributeDefinition.FLOAT -> ConfigType.DOUBLE;
            case AttributeDefinition.BOOLEAN -> ConfigType.BOOLEAN;
            case AttributeDefinition.PASSWORD -> ConfigType.SECRET;
            default -> ConfigType.STRING;
        };
    }

    private static String text(Object value) {
        return value instanceof Secret secret ? secret.reveal() : String.valueOf(value);
    }

    private static Stream<AttributeDefinition> attributes(ObjectClassDefinition definition, int filter) {
        AttributeDefinition[] found = definition.getAttributeDefinitions(filter);
        return found == null ? Stream.empty() : Stream.of(found);
    }
}
