package io.espalier.replication.removal;

import java.util.Optional;

/**
 * Tells deletions from disasters: a registry with another storage, an emptied one, or one that shows these credentials less than
 * before looks as if somebody had deleted many images.
 *
 * @param mostPercent of all images that may go at once; a single one always may
 */
record MassRule(int mostPercent) {
    private static final int MOST_TAGS = 20;

    /**
     * Why an operator must look first.
     *
     * @param gone images that go at once
     * @param known all images, with those
     * @return a sentence; empty when this is no mass
     */
    Optional<String> doubt(int gone, int known) {
        if (gone >= known) {
            return Optional.of("The master's registry shows none of its " + known
                    + " images any more; it may have lost its storage, or hide them from these credentials.");
        }
        boolean many = gone > MOST_TAGS || (gone > 1 && 100L * gone > (long) mostPercent * known);
        return many
                ? Optional.of(gone + " of " + known + " images are gone from the master's registry at once, more than "
                        + mostPercent + " percent or " + MOST_TAGS + ".")
                : Optional.empty();
    }
}
