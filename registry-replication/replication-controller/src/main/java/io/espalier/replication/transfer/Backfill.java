package io.espalier.replication.transfer;

import java.util.Locale;

/** What a node gets that joins, or returns after it missed something. */
public enum Backfill {
    /** Every image in the master's registry that passes the filters, also such as were never replicated. */
    ALL,
    /** Every image that was replicated, as its tag stands now. */
    CURRENT,
    /** Only what is on its way when it comes. */
    NONE;

    /** Reads {@code all}, {@code current} or {@code none}. */
    public static Backfill parse(String text) {
        for (Backfill policy : values()) {
            if (policy.word().equals(text.strip().toLowerCase(Locale.ROOT))) {
                return policy;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no backfill policy; use all, current or none.");
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
