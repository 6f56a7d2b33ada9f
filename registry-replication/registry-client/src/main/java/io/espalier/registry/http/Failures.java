package io.espalier.registry.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.StringJoiner;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes failures out of answers and of broken connections. */
final class Failures {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_WORDS = 500;

    private Failures() {}

    /** What an answer that is none of success means. */
    static RegistryException of(Call call, Answer answer) {
        String words = words(answer.body());
        int status = answer.status();
        ErrorCode code = code(status, words);
        boolean passing = status == 502 || status == 503 || status == 504 || status == 429 || status == 408;
        return RegistryException.answered(
                code,
                passing,
                status,
                "Tried to " + call.purpose() + " at " + Origin.of(answer.uri()) + " but it answered " + status
                        + (words.isEmpty() ? "" : ": " + words) + hint(code));
    }

    /** The words of an answer: its errors' code, message and detail, or its text if that is short. */
    static String words(byte[] body) {
        if (body.length == 0) {
            return "";
        }
        try {
            JsonNode errors = JSON.readTree(body).path("errors");
            StringJoiner words = new StringJoiner("; ");
            for (JsonNode error : errors) {
                JsonNode detail = error.path("detail");
                String shown = detail.isMissingNode() || detail.isNull() || (detail.isEmpty() && !detail.isValueNode())
                        ? ""
                        : " " + (detail.isTextual() ? detail.asText() : detail.toString());
                words.add(error.path("code").asText("") + " ("
                        + error.path("message").asText("") + ")" + shown);
            }
            if (words.length() > 0) {
                return clean(words.toString());
            }
        } catch (IOException notJson) {
            // A proxy's page, mostly.
        }
        return clean(new String(body, 0, Math.min(body.length, MOST_WORDS), UTF_8));
    }

    private static String clean(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return line.length() > MOST_WORDS ? line.substring(0, MOST_WORDS) + "..." : line;
    }

    private static ErrorCode code(int status, String words) {
        // docker-registry 2.8.2 answers 500 to a manifest with foreign layers, and names what it misses.
        if (words.contains("MANIFEST_BLOB_UNKNOWN")) {
            return ErrorCode.CONTENT_MISSING;
        }
        if (status >= 500) {
            return ErrorCode.SERVER_ERROR;
        }
        return switch (status) {
            case 401 -> ErrorCode.UNAUTHORIZED;
            case 403 -> ErrorCode.DENIED;
            case 404 -> ErrorCode.NOT_FOUND;
            case 405 -> ErrorCode.UNSUPPORTED;
            case 413 -> ErrorCode.TOO_LARGE;
            case 429 -> ErrorCode.RATE_LIMITED;
            case 400 -> codeOfBadRequest(words);
            default -> ErrorCode.REFUSED;
        };
    }

    private static ErrorCode codeOfBadRequest(String words) {
        if (words.contains("BLOB_UNKNOWN")) {
            return ErrorCode.CONTENT_MISSING;
        }
        if (words.contains("DIGEST_INVALID")) {
            return ErrorCode.DIGEST_MISMATCH;
        }
        if (words.contains("SIZE_INVALID")) {
            return ErrorCode.SIZE_MISMATCH;
        }
        if (words.contains("too large")) {
            return ErrorCode.TOO_LARGE;
        }
        return words.contains("MANIFEST_INVALID") ? ErrorCode.MANIFEST_INVALID : ErrorCode.REFUSED;
    }

    private static String hint(ErrorCode code) {
        return switch (code) {
            case TOO_LARGE -> ". Raise the limit of the registry or of the proxy before it.";
            case DENIED -> ". Give this user the right.";
            case UNSUPPORTED -> ". Switch it on in the registry if it is wanted.";
            default -> "";
        };
    }

    /** What a connection that broke, or never was, means. */
    static RegistryException of(String purpose, URI uri, Throwable cause) {
        String tried = "Tried to " + purpose + " at " + Origin.of(uri) + " but ";
        if (find(cause, UnresolvedAddressException.class) != null || find(cause, UnknownHostException.class) != null) {
            return RegistryException.passing(
                    ErrorCode.UNREACHABLE,
                    tried + "the name " + uri.getHost() + " is not known; check it and the DNS.",
                    cause);
        }
        if (find(cause, CertificateException.class) != null || find(cause, CertPathBuilderException.class) != null) {
            return RegistryException.lasting(
                    ErrorCode.UNTRUSTED,
                    tried + "its certificate is not trusted (" + message(cause)
                            + "); name the file of the authority that issued it.",
                    cause);
        }
        if (find(cause, SSLException.class) != null && find(cause, java.io.EOFException.class) == null) {
            return RegistryException.passing(
                    ErrorCode.UNREACHABLE, tried + "TLS failed: " + message(cause) + "; does it speak TLS?", cause);
        }
        if (find(cause, HttpTimeoutException.class) != null) {
            return RegistryException.passing(
                    ErrorCode.UNREACHABLE, tried + "got no answer in time: " + message(cause) + ".", cause);
        }
        if (find(cause, ConnectException.class) != null) {
            return RegistryException.passing(
                    ErrorCode.UNREACHABLE,
                    tried + "nothing listens there (connection refused); is the registry up?",
                    cause);
        }
        return RegistryException.passing(
                ErrorCode.UNREACHABLE, tried + "the connection broke: " + message(cause) + ".", cause);
    }

    private static String message(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : clean(cause.getMessage());
    }

    private static <T extends Throwable> @Nullable T find(Throwable cause, Class<T> type) {
        int depth = 0;
        for (Throwable at = cause; at != null && depth < 20; at = at.getCause()) {
            if (type.isInstance(at)) {
                return type.cast(at);
            }
            depth++;
        }
        return null;
    }
}
