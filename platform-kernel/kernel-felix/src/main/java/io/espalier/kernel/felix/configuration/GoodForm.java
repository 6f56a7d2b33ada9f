package io.espalier.kernel.felix.configuration;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The form of a file that passed its check and is in force.
 *
 * @param file what the check made of it
 * @param text for a new check when what is declared has changed
 * @param restored whether it is what an earlier run of the kernel remembered
 */
record GoodForm(CheckedFile file, String text, boolean restored) {
    GoodForm {
        requireNonNull(file, "file is null");
        requireNonNull(text, "text is null");
    }

    /** What is in force while the file is rejected. */
    static String words(@Nullable GoodForm good) {
        if (good == null) {
            return "no earlier form of it is known to be right, so a plug-in that needs it is not started";
        }
        return good.restored()
                ? "the last good one, of an earlier run, is in force"
                : "the last good one stays in force";
    }
}
