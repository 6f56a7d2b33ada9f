package io.espalier.kernel.config;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Turns values as read into values as declared. */
final class ConfigValues {
    private ConfigValues() {}

    /**
     * The value in the declared type.
     *
     * @throws IllegalArgumentException when it cannot be
     */
    static Object convert(ConfigType type, Object given) {
        return switch (type) {
            case STRING -> scalar(given);
            case SECRET -> new Secret(given instanceof Secret secret ? secret.reveal() : scalar(given));
            case INTEGER -> integer(whole(given));
            case LONG -> whole(given);
            case DOUBLE -> finite(Double.parseDouble(scalar(given).strip()));
            case BOOLEAN -> bool(given);
            case STRINGS -> list(given);
        };
    }

    static boolean isAllowed(ConfigKey key, Object value) {
        List<String> parts = value instanceof String[] many ? List.of(many) : List.of(plain(value));
        if (!key.allowed().isEmpty() && !key.allowed().containsAll(parts)) {
            return false;
        }
        Double min = key.min();
        Double max = key.max();
        double size = value instanceof Number number ? number.doubleValue() : parts.size();
        boolean bounded = value instanceof Number || value instanceof String[];
        return !bounded || ((min == null || size >= min) && (max == null || size <= max));
    }

    /** For sentences. */
    static String text(Object given) {
        return given instanceof Object[] array ? Arrays.toString(array) : given.toString();
    }

    private static String plain(Object value) {
        return value instanceof Secret secret ? secret.reveal() : value.toString();
    }

    private static String scalar(Object given) {
        if (given instanceof String || given instanceof Number || given instanceof Boolean) {
            return given.toString();
        }
        throw new IllegalArgumentException("no scalar");
    }

    /** Takes 5, "5", 5.0 and 5e0, but not 5.5. */
    private static long whole(Object given) {
        try {
            var number = new BigDecimal(scalar(given).strip());
            if (number.scale() < -20) {
                throw new IllegalArgumentException("too large");
            }
            return number.longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("no whole number", e);
        }
    }

    private static int integer(long number) {
        if (number != (int) number) {
            throw new IllegalArgumentException("too large");
        }
        return (int) number;
    }

    private static double finite(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            throw new IllegalArgumentException("not finite");
        }
        return number;
    }

    private static Boolean bool(Object given) {
        return switch (scalar(given).strip().toLowerCase(Locale.ROOT)) {
            case "true" -> Boolean.TRUE;
            case "false" -> Boolean.FALSE;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    private static String[] list(Object given) {
        if (given instanceof Iterable<?> many) {
            var texts = new ArrayList<String>();
            many.forEach(one -> texts.add(scalar(one)));
            return texts.toArray(String[]::new);
        }
        if (given instanceof Object[] array) {
            return Stream.of(array).map(ConfigValues::scalar).toArray(String[]::new);
        }
        return Stream.of(scalar(given).split(",", -1))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toArray(String[]::new);
    }
}
