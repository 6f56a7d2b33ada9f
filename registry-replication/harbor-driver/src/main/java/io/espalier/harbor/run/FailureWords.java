package io.espalier.harbor.run;

import io.espalier.harbor.error.HarborTrouble;
import java.util.List;
import java.util.Locale;

/** Reads from a task's log why it failed, and what to do about it. */
final class FailureWords {
    private static final List<Word> WORDS = List.of(
            new Word(
                    "exceed the configured upper limit",
                    HarborTrouble.QUOTA,
                    false,
                    "raise the quota of the project there or remove images"),
            new Word(
                    "as immutable",
                    HarborTrouble.IMMUTABLE,
                    false,
                    "push under a new tag, or change the project's rule there"),
            new Word("no space left", HarborTrouble.DISK, false, "make room on the disk there"),
            new Word(
                    "failed to prepare the destination",
                    HarborTrouble.NO_PROJECT,
                    false,
                    "make the project there by hand, or let the user of the registry entry make projects"),
            new Word("read only mode", HarborTrouble.READ_ONLY, false, "end the read-only mode there"),
            new Word(
                    "too few parts", HarborTrouble.NAME, false, "apply the tree again, so that the policy keeps names"),
            new Word(
                    "unauthorized",
                    HarborTrouble.CREDENTIALS,
                    false,
                    "apply the tree again, so that the registry entry has the right secret"),
            new Word(
                    "denied",
                    HarborTrouble.FORBIDDEN,
                    false,
                    "give the user of the registry entry the permissions that docs/harbor.md lists"),
            new Word(
                    "blob_unknown",
                    HarborTrouble.RUN_FAILED,
                    true,
                    "a garbage collection there may have taken blobs meanwhile; if it goes on, push the image there by hand"),
            new Word("status code: 429", HarborTrouble.BUSY, true, "it limits requests; copy less at a time"),
            new Word("toomanyrequests", HarborTrouble.BUSY, true, "it limits requests; copy less at a time"));

    private FailureWords() {}

    /**
     * A failure that is known by what stands in the log.
     *
     * @param passes whether trying again may help
     */
    record Word(String text, HarborTrouble trouble, boolean passes, String advice) {}

    static Word read(String log) {
        String lower = log.toLowerCase(Locale.ROOT);
        return WORDS.stream()
                .filter(word -> lower.contains(word.text()))
                .findFirst()
                .orElse(new Word("", HarborTrouble.RUN_FAILED, true, "see the task's log there"));
    }

    /** The last line that tells of an error, or the last one at all. */
    static String lastWords(String log) {
        List<String> lines = log.lines().filter(line -> !line.isBlank()).toList();
        String last = lines.stream()
                .filter(line -> line.contains("[ERROR]"))
                .reduce((a, b) -> b)
                .orElseGet(() -> lines.isEmpty() ? "its log is empty" : lines.get(lines.size() - 1));
        return last.length() <= MOST_CHARS ? last : last.substring(0, MOST_CHARS) + "...";
    }

    private static final int MOST_CHARS = 600;
}
