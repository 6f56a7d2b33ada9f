package io.espalier.testkit.harbor;

/** An answer with one of Harbor's errors. */
final class ApiFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    ApiFault(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    static ApiFault badRequest(String message) {
        return new ApiFault(400, "BAD_REQUEST", message);
    }

    static ApiFault notFound(String what) {
        return new ApiFault(404, "NOT_FOUND", what + " not found");
    }

    static ApiFault conflict(String what) {
        return new ApiFault(409, "CONFLICT", what);
    }

    static ApiFault precondition(String what) {
        return new ApiFault(412, "PRECONDITION", what);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }
}
