package io.espalier.replication.retention;

/**
 * Which tags of a repository are to be kept; others could go. With both numbers a tag is kept for either reason.
 *
 * @param newest as many as these; 0 to keep none for this reason
 * @param days those that changed within so many days; 0 to keep none for this reason
 */
public record RetentionRule(int newest, int days) {
    /** Says of nothing that it could go. */
    public static final RetentionRule NONE = new RetentionRule(0, 0);

    public RetentionRule {
        if (newest < 0 || days < 0) {
            throw new IllegalArgumentException(
                    "keep-newest is " + newest + " and keep-days is " + days + "; use 0 or more.");
        }
    }

    /** Whether there is no rule, so that everything is kept. */
    public boolean isEmpty() {
        return newest == 0 && days == 0;
    }

    @Override
    public String toString() {
        return newest > 0 && days > 0
                ? "keep-newest " + newest + " and keep-days " + days
                : newest > 0 ? "keep-newest " + newest : "keep-days " + days;
    }
}
