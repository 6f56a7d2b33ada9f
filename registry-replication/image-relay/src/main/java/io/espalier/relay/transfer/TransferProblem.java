package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.relay.spool.SpoolException;

/** Why a transfer cannot go on now; the message is for the report. It is tried again by itself. */
final class TransferProblem extends Exception {
    private static final long serialVersionUID = 1L;

    /** How soon another try makes sense. */
    enum Haste {
        /** With growing pauses. */
        SOON,
        /** Somebody must change something first, so after the longest pause. */
        SLOW
    }

    private final Haste haste;

    TransferProblem(Haste haste, String sentence) {
        super(requireNonNull(sentence, "sentence is null"));
        this.haste = requireNonNull(haste, "haste is null");
    }

    private TransferProblem(Haste haste, String sentence, Exception cause) {
        super(sentence, cause);
        this.haste = haste;
    }

    static TransferProblem of(RegistryException e) {
        boolean passing = e.retryable()
                || e.code() == ErrorCode.SERVER_ERROR
                || e.code() == ErrorCode.CONTENT_MISSING
                || e.code() == ErrorCode.DIGEST_MISMATCH
                || e.code() == ErrorCode.NOT_FOUND
                || e.code() == ErrorCode.SOURCE_FAILED;
        return new TransferProblem(passing ? Haste.SOON : Haste.SLOW, sentence(e) + hint(e), e);
    }

    /** docker-registry gives the number of the system's error without a word. */
    private static String hint(RegistryException e) {
        return sentence(e).contains("\"Err\":28") ? " (28: no space left on the registry's device)" : "";
    }

    static TransferProblem of(SpoolException e) {
        boolean lasting = e.code() == SpoolException.Code.TOO_LARGE || e.code() == SpoolException.Code.UNFIT;
        return new TransferProblem(lasting ? Haste.SLOW : Haste.SOON, sentence(e), e);
    }

    static String sentence(Throwable e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    Haste haste() {
        return haste;
    }

    String sentence() {
        return sentence(this);
    }
}
