package io.espalier.registry.auth;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One challenge of a {@code WWW-Authenticate} header (RFC 9110, 11.6.1).
 *
 * @param scheme in lower case, as {@code bearer}
 * @param parameters by lower-case name; quotes removed, commas within them kept
 */
public record Challenge(String scheme, Map<String, String> parameters) {
    public Challenge {
        parameters = Map.copyOf(parameters);
    }

    /** A parameter's value, empty if it is not given. */
    public String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    /** The scopes that it asks for. */
    public List<String> scopes() {
        String scope = parameter("scope").strip();
        return scope.isEmpty() ? List.of() : List.of(scope.split("\\s+"));
    }

    /** Reads all challenges of all such headers; what cannot be read is left out. */
    public static List<Challenge> parse(Collection<String> headers) {
        List<Challenge> found = new ArrayList<>();
        headers.forEach(header -> new Parser(header).readInto(found));
        return found;
    }

    /** Reads one header; each challenge is a scheme and then name=value pairs, all divided by commas. */
    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        void readInto(List<Challenge> found) {
            String scheme = "";
            Map<String, String> parameters = new LinkedHashMap<>();
            while (at < text.length()) {
                skip(" \t,");
                String word = word();
                if (word.isEmpty()) {
                    at++;
                    continue;
                }
                skip(" \t");
                if (at < text.length() && text.charAt(at) == '=') {
                    at++;
                    skip(" \t");
                    parameters.putIfAbsent(word.toLowerCase(Locale.ROOT), value());
                } else {
                    add(found, scheme, parameters);
                    scheme = word.toLowerCase(Locale.ROOT);
                    parameters.clear();
                }
            }
            add(found, scheme, parameters);
        }

        private static void add(List<Challenge> found, String scheme, Map<String, String> parameters) {
            if (!scheme.isEmpty()) {
                found.add(new Challenge(scheme, parameters));
            }
        }

        private void skip(String characters) {
            while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private String word() {
            int start = at;
            while (at < text.length() && " \t,=\"".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(start, at);
        }

        private String value() {
            if (at >= text.length() || text.charAt(at) != '"') {
                return word();
            }
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at));
            }
            at++;
            return value.toString();
        }
    }
}
