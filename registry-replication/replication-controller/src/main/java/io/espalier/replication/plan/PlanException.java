package io.espalier.replication.plan;

/** There is no plan now; the message is a sentence. */
public final class PlanException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PlanException(String sentence) {
        super(sentence);
    }

    public PlanException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
