package io.espalier.registry.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** A token with the time until which it is used; times are {@link System#nanoTime}. */
final class Token {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long DEFAULT_SECONDS = 60;
    private static final long MOST_SECONDS = Duration.ofDays(1).toSeconds();
    private static final long MARGIN_SECONDS = 10;

    private final String value;
    private final long useUntil;

    private Token(String value, long useUntil) {
        this.value = value;
        this.useUntil = useUntil;
    }

    /**
     * Reads a token server's answer.
     *
     * @param asked when it was asked for
     * @param now the wall clock, to take off the age of a token that the server had in stock
     */
    static Token parse(byte[] json, URI realm, long asked, Instant now) throws RegistryException {
        JsonNode answer;
        try {
            answer = JSON.readTree(json);
        } catch (IOException e) {
            throw noToken(realm, "something that is no JSON");
        }
        String value = answer.path("token").asText("");
        if (value.isEmpty()) {
            value = answer.path("access_token").asText("");
        }
        // Anything else would let a token server write further headers.
        if (!value.matches("[\\x21-\\x7e]+")) {
            throw noToken(realm, "no usable token");
        }
        long seconds = Math.min(answer.path("expires_in").asLong(DEFAULT_SECONDS), MOST_SECONDS);
        double left = Math.max(0, seconds - age(answer.path("issued_at").asText(""), now, seconds));
        double margin = Math.min(MARGIN_SECONDS, left / 4);
        return new Token(value, asked + (long) ((left - margin) * 1_000_000_000L));
    }

    String authorization() {
        return "Bearer " + value;
    }

    boolean isFresh(long now) {
        return useUntil - now > 0;
    }

    /** Clocks differ, so an age that makes no sense counts as none. */
    private static double age(String issuedAt, Instant now, long life) {
        if (issuedAt.isEmpty()) {
            return 0;
        }
        try {
            double age = Duration.between(Instant.parse(issuedAt), now).toMillis() / 1000.0;
            return age > 0 && age < life ? age : 0;
        } catch (DateTimeParseException e) {
            return 0;
        }
    }

    private static RegistryException noToken(URI realm, String got) {
        return RegistryException.lasting(
                ErrorCode.PROTOCOL,
                "Tried to get a token from " + realm + " but it answered with " + got
                        + "; look whether this is the registry's token server.");
    }
}
