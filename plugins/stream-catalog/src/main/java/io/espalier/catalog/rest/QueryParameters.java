package io.espalier.catalog.rest;

import io.espalier.catalog.definition.Spelling;
import io.espalier.http.HttpFault;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The query of one request; what is not known or not readable is refused with a sentence. */
final class QueryParameters {
    private static final int SHOWN_CHARS = 80;

    private final MultiMap values;

    private QueryParameters(MultiMap values) {
        this.values = values;
    }

    static QueryParameters of(RoutingContext ctx, String... known) {
        MultiMap values = ctx.queryParams();
        List<String> names = List.of(known);
        for (String name : values.names()) {
            if (!names.contains(name)) {
                String near = Spelling.nearest(name, names);
                throw fault("There is no parameter '" + shown(name) + "' here; "
                        + (near != null
                                ? "did you mean " + near + "?"
                                : names.isEmpty() ? "send none." : "use " + String.join(", ", names) + "."));
            }
            if (values.getAll(name).size() > 1) {
                throw fault("The parameter " + name + " is given twice; give it once.");
            }
        }
        return new QueryParameters(values);
    }

    String text(String name) {
        @Nullable String value = values.get(name);
        return value == null ? "" : value;
    }

    int whole(String name, int min, int max, int fallback) {
        @Nullable String value = values.get(name);
        if (value == null) {
            return fallback;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException noNumber) {
            // Refused below, as a number out of range is.
        }
        throw fault("The parameter " + name + " is '" + shown(value) + "'; use a whole number from " + min + " to "
                + max + ".");
    }

    boolean flag(String name) {
        String value = text(name);
        if (!List.of("", "true", "false").contains(value) || (value.isEmpty() && values.contains(name))) {
            throw fault("The parameter " + name + " is '" + shown(value) + "'; use true or false.");
        }
        return value.equals("true");
    }

    private static HttpFault fault(String sentence) {
        return new HttpFault(400, "BAD_PARAMETER", sentence);
    }

    private static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= SHOWN_CHARS ? plain : plain.substring(0, SHOWN_CHARS) + "...";
    }
}
