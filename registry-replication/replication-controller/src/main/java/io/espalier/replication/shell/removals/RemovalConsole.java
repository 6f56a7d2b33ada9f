package io.espalier.replication.shell.removals;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.removal.RemovalMode;
import io.espalier.replication.removal.Removals;
import io.espalier.replication.shell.CommandWords;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The shell's commands {@code image:remove} and {@code image:removals}: words in, text out; failures are sentences. Thread-safe. */
public final class RemovalConsole {
    private static final String REMOVE = "image:remove REPOSITORY:TAG [--dry-run] [--mode untag|delete]";
    private static final String REMOVALS = "image:removals [--confirm ID|--reject ID]";

    private final Supplier<Removals> removals;

    /** @param removals throws IllegalStateException with a sentence while there are none */
    public RemovalConsole(Supplier<Removals> removals) {
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
                : RemovalText.list(removals.get().list());
    }
}
