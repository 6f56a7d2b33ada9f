package io.espalier.embedded.door;

import java.util.Map;

/** A refusal, answered in the distribution specification's JSON form. An answer, not a malfunction, so without a stack trace. */
final class PullFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final transient Map<String, String> headers;

    PullFault(int status, String code, String sentence) {
        this(status, code, sentence, Map.of());
    }

    PullFault(int status, String code, String sentence, Map<String, String> headers) {
        super(sentence, null, false, false);
        this.status = status;
        this.code = code;
        this.headers = Map.copyOf(headers);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    Map<String, String> headers() {
        return headers;
    }
}
