package io.espalier.harbor.call;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.harbor.client.ApiException;
import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.node.HarborNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What a failed call means, as a sentence. */
final class Meanings {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_CHARS = 500;

    private Meanings() {}

    static HarborException of(HarborNode node, String purpose, ApiException failed) {
        if (failed.getCode() == 0) {
            return withoutAnswer(node, purpose, failed);
        }
        HarborTrouble trouble = trouble(failed.getCode());
        String words = words(failed.getResponseBody());
        String request =
                header(failed, "X-Request-Id").map(id -> "; request id " + id).orElse("");
        String sentence = "Tried to " + purpose + " at the Harbor '" + node.name() + "' (" + node.url()
                + ") but it answered " + failed.getCode() + (words.isEmpty() ? "" : " (" + words + ")") + request
                + advice(trouble, node);
        return new HarborException(trouble, sentence, failed);
    }

    private static HarborTrouble trouble(int status) {
        return switch (status) {
            case 400, 405, 415, 422 -> HarborTrouble.REFUSED;
            case 401 -> HarborTrouble.CREDENTIALS;
            case 403 -> HarborTrouble.FORBIDDEN;
            case 404 -> HarborTrouble.NOT_FOUND;
            case 409 -> HarborTrouble.CONFLICT;
            case 412 -> HarborTrouble.IN_USE;
            case 429 -> HarborTrouble.BUSY;
            default -> HarborTrouble.ANSWER;
        };
    }

    private static String advice(HarborTrouble trouble, HarborNode node) {
        return switch (trouble) {
            case CREDENTIALS ->
                "; check user and secret of '" + node.name() + "', and whether the robot has expired or is disabled.";
            case FORBIDDEN ->
                "; give the user '" + node.login().user()
                        + "' the permissions that docs/harbor.md lists (before Harbor 2.10 it must be an administrator).";
            case BUSY -> "; it limits requests, so try again later.";
            default -> ".";
        };
    }

    private static HarborException withoutAnswer(HarborNode node, String purpose, ApiException failed) {
        Throwable cause = failed.getCause();
        String start = "Tried to " + purpose + " at the Harbor '" + node.name() + "' (" + node.url() + ") but ";
        if (cause instanceof InterruptedException) {
            return interrupted(node, purpose, cause);
        }
        if (cause instanceof JsonProcessingException) {
            return new HarborException(
                    HarborTrouble.ANSWER,
                    start
                            + "the answer is not what Harbor's API says; check that the address is a Harbor's, not a plain"
                            + " registry's or a portal's in front of it.",
                    failed);
        }
        if (cause instanceof SSLException) {
            return new HarborException(
                    HarborTrouble.CERTIFICATE,
                    start + "its certificate is not trusted (" + cause.getMessage()
                            + "); name the authority's PEM file as ca-file of '" + node.name() + "'.",
                    failed);
        }
        if (isConnection(failed)) {
            return new HarborException(
                    HarborTrouble.UNREACHABLE,
                    start + reason(cause) + "; check its address, and that it runs.",
                    failed);
        }
        return unexpected(node, purpose, failed);
    }

    private static String reason(@Nullable Throwable cause) {
        if (cause instanceof ConnectException) {
            return "nobody listens there";
        }
        if (cause instanceof HttpTimeoutException) {
            return "it did not answer in time";
        }
        return "the connection failed (" + (cause == null ? "no cause" : cause.getMessage()) + ")";
    }

    static HarborException unexpected(HarborNode node, String purpose, Exception e) {
        return new HarborException(
                HarborTrouble.ANSWER,
                "Tried to " + purpose + " at the Harbor '" + node.name()
                        + "' but the answer is not what Harbor's API says (" + e.getMessage() + ").",
                e);
    }

    static HarborException interrupted(HarborNode node, String purpose, Throwable e) {
        return new HarborException(
                HarborTrouble.INTERRUPTED,
                "Tried to " + purpose + " at the Harbor '" + node.name() + "' but was interrupted.",
                e);
    }

    /** Whether there was no answer because of the connection. */
    static boolean isConnection(ApiException failed) {
        return failed.getCode() == 0
                && failed.getCause() instanceof IOException cause
                && !(cause instanceof JsonProcessingException)
                && !(cause instanceof SSLException);
    }

    /** The wait that the answer asks for, in seconds or as a date. */
    static Optional<Duration> retryAfter(ApiException failed) {
        return header(failed, "Retry-After").flatMap(text -> {
            try {
                return Optional.of(
                        text.matches("\\d{1,9}")
                                ? Duration.ofSeconds(Long.parseLong(text))
                                : Duration.between(
                                        Instant.now(),
                                        ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                                                .toInstant()));
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        });
    }

    private static Optional<String> header(ApiException failed, String name) {
        return failed.getResponseHeaders() == null
                ? Optional.empty()
                : failed.getResponseHeaders().firstValue(name);
    }

    /** Harbor's own words: the messages of its errors, or the beginning of whatever came. */
    private static String words(@Nullable String body) {
        if (body == null || body.isBlank()) {
            return "";
        }
        List<String> messages = new ArrayList<>();
        try {
            for (JsonNode error : JSON.readTree(body).path("errors")) {
                messages.add(error.path("message").asText());
            }
        } catch (IOException e) {
            messages.clear();
        }
        String text = messages.isEmpty() ? body.strip() : String.join("; ", messages);
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= MOST_CHARS ? line : line.substring(0, MOST_CHARS) + "...";
    }
}
