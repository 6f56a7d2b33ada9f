package io.espalier.replication.rest;

import io.espalier.http.HttpFault;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/** The query of one request; what is not known or not readable is refused with a sentence. */
final class Query {
    private final MultiMap values;

    private Query(MultiMap values) {
        this.values = values;
    }

    static Query of(RoutingContext ctx, String... known) {
        MultiMap values = ctx.queryParams();
        List<String> names = List.of(known);
        for (String name : values.names()) {
            if (!names.contains(name)) {
                throw fault("There is no parameter '" + shown(name) + "' here; "
                        + (names.isEmpty() ? "send none." : "use " + String.join(", ", names) + "."));
            }
            if (values.getAll(name).size() > 1) {
                throw fault("The parameter " + name + " is given twice; give it once.");
            }
        }
        return new Query(values);
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    boolean flag(String name) {
        String value = text(name).orElse("false");
        if (!value.equals("true") && !value.equals("false")) {
            throw fault("The parameter " + name + " is '" + shown(value) + "'; use true or false.");
        }
        return value.equals("true");
    }

    int whole(String name, int most, int fallback) {
        String value = text(name).orElse(String.valueOf(fallback));
        if (!value.matches("[0-9]{1,9}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > most) {
            throw fault(
                    "The parameter " + name + " is '" + shown(value) + "'; use a whole number from 1 to " + most + ".");
        }
        return Integer.parseInt(value);
    }

    private static HttpFault fault(String sentence) {
        return new HttpFault(400, "BAD_PARAMETER", sentence);
    }

    private static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= 80 ? plain : plain.substring(0, 80) + "...";
    }
}
