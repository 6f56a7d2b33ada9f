package io.espalier.replication.shell.removals;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.removal.RemovalMode;
import io.espalier.replication.removal.Removals;
import io.espalier.replication.retention.RetentionHints;
import io.espalier.replication.retention.RetentionRule;
import io.espalier.replication.retention.StoredImage;
import io.espalier.replication.shell.CommandWords;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The shell's commands {@code image:remove} and {@code image:removals}: words in, text out; failures are sentences. Thread-safe. */
public final class RemovalConsole {
    private static final String REMOVE = "image:remove REPOSITORY:TAG [--dry-run] [--mode untag|delete]";
    private static final String REMOVALS = "image:removals [--confirm ID|--reject ID]";

    private static final int MOST_LISTED = 500;
    private static final String RETENTION = "image:retention [--newest N] [--days N]";

    private final Supplier<Removals> removals;
    private final Supplier<List<StoredImage>> images;
    private final RetentionRule rule;
    private final Clock clock;

    /**
     * A console; the suppliers throw IllegalStateException with a sentence while there is nothing.
     *
     * @param images all that are replicated
     * @param rule of the configuration
     */
    public RemovalConsole(
            Supplier<Removals> removals, Supplier<List<StoredImage>> images, RetentionRule rule, Clock clock) {
        this.images = requireNonNull(images, "images is null");
        this.rule = requireNonNull(rule, "rule is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.removals = requireNonNull(removals, "removals is null");
    }

    /** {@code image:remove shop/web:1.0 --dry-run}. */
    public String remove(List<String> words) throws ImageException {
        CommandWords read = CommandWords.read(REMOVE, words, List.of("--mode"), List.of("--dry-run"))
                .withPlain(1, REMOVE);
        ImageName name = ImageName.parse(read.plain().get(0));
        Optional<RemovalMode> mode = read.value("--mode").map(RemovalMode::parse);
        return read.has("--dry-run")
                ? RemovalText.preview(name, removals.get().preview(name, mode))
                : removals.get().remove(name, mode);
    }

    /** {@code image:retention}, {@code image:retention --newest 5 --days 30}; deletes nothing. */
    public String retention(List<String> words) {
        CommandWords read = CommandWords.read(RETENTION, words, List.of("--newest", "--days"), List.of())
                .withPlain(0, RETENTION);
        RetentionRule asked =
                read.options().isEmpty() ? rule : new RetentionRule(number(read, "--newest"), number(read, "--days"));
        return asked.isEmpty()
                ? "No retention is set; set keep-newest or keep-days, or write " + RETENTION + "."
                : RemovalText.hints(asked, RetentionHints.of(asked, images.get(), clock.instant()));
    }

    private static int number(CommandWords read, String option) {
        String text = read.value(option).orElse("0");
        if (!text.matches("\\d{1,5}")) {
            throw new IllegalArgumentException(
                    "The option " + option + " is no number up to 99999; write " + RETENTION + ".");
        }
        return Integer.parseInt(text);
    }

    /** {@code image:removals}, {@code image:removals --confirm 1a2b3c4d}. */
    public String removals(List<String> words) throws ImageException {
        CommandWords read = CommandWords.read(REMOVALS, words, List.of("--confirm", "--reject"), List.of())
                .withPlain(0, REMOVALS);
        Optional<String> confirm = read.value("--confirm");
        Optional<String> reject = read.value("--reject");
        if (confirm.isPresent() && reject.isPresent()) {
            throw new IllegalArgumentException("A removal is confirmed or rejected; write " + REMOVALS + ".");
        }
        if (confirm.isPresent()) {
            return removals.get().confirm(confirm.get());
        }
        return reject.isPresent()
                ? removals.get().reject(reject.get())
                : RemovalText.list(
                        removals.get().list(MOST_LISTED), removals.get().undecided());
    }
}
