package io.espalier.kernel.felix.configuration;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The form of a file that passed its check and is in force.
 *
 * @param restored whether it is what an earlier run of the kernel remembered
 */
record GoodForm(CheckedFile file, boolean restored) {
    GoodForm {
        requireNonNull(file, "file is null");
    }

    /** What is in force while the file is rejected. */
    static String words(@Nullable GoodForm good) {
        if (good == null) {
            return "no earlier form of it is known, so a plug-in that needs it is not started";
        }
        return good.restored()
                ? "the last good one, of an earlier run, is in force"
                : "the last good one stays in force";
    }
}
