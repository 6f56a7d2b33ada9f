package io.espalier.replication.shell.images;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.shell.CommandWords;
import io.espalier.replication.transfer.CheckProgress;
import io.espalier.replication.transfer.DeepVerification;
import io.espalier.replication.transfer.PriorityRules;
import io.espalier.replication.transfer.PushResult;
import io.espalier.replication.transfer.Replication;
import io.espalier.replication.transfer.TransferView;
import io.espalier.replication.transfer.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** The shell's {@code image:} commands, without a shell: words in, text out; failures are sentences. Thread-safe. */
public final class ImageConsole {
    private static final String PUSH = "image:push [FILE] REPOSITORY:TAG [--dry-run] [--priority 1..10]";
    private static final String RELEASE = "image:release REPOSITORY:TAG";
    private static final String STATUS = "image:status [REPOSITORY:TAG] [--watch]";
    private static final String WHERE = "image:where REPOSITORY:TAG";
    private static final String VERIFY = "image:verify REPOSITORY:TAG [--deep] [--bytes-per-second N]";
    private static final int LISTED = 20;
    private static final Duration VERIFY_LIMIT = Duration.ofSeconds(60);
    private static final Duration WATCH_EVERY = Duration.ofSeconds(1);
    private static final Duration WATCH_LIMIT = Duration.ofMinutes(30);

    private final Replication replication;
    private final ArchiveUpload archives;

    public ImageConsole(Replication replication, ArchiveUpload archives) {
        this.replication = requireNonNull(replication, "replication is null");
        this.archives = requireNonNull(archives, "archives is null");
    }

    /** {@code image:push shop/web:1.0} or {@code image:push web.tar shop/web:1.0}. */
    public String push(List<String> words) throws ImageException {
        CommandWords read = CommandWords.read(PUSH, words, List.of("--priority"), List.of("--dry-run"))
                .withPlain(1, 2, PUSH);
        OptionalInt priority = read.value("--priority")
                .map(text -> OptionalInt.of(PriorityRules.priority(text)))
                .orElse(OptionalInt.empty());
        List<String> plain = read.plain();
        if (plain.size() == 1 && plain.get(0).matches(".*\\.(tar|tgz|tar\\.gz)")) {
            throw new IllegalArgumentException(
                    "'" + plain.get(0) + "' looks like a file; name the image too: image:push FILE REPOSITORY:TAG.");
        }
        ImageName name = ImageName.parse(plain.get(plain.size() - 1));
        if (plain.size() == 2) {
            Path file = Path.of(plain.get(0));
            if (read.has("--dry-run")) {
                return ImageText.preview(replication.preview(archives.look(file, name)));
            }
            archives.push(file, name);
        }
        if (read.has("--dry-run")) {
            return ImageText.preview(replication.preview(name));
        }
        PushResult result = replication.push(name, priority);
        return ImageText.pushed(name, result, priority.isPresent());
    }

    /** {@code image:release shop/web:1.0}: sends it although the release gate holds it. */
    public String release(List<String> words) throws ImageException {
        ImageName name = image(words, RELEASE);
        return ImageText.pushed(name, replication.release(name), false);
    }

    /** {@code image:status} for the newest transfers, or one image's. */
    public String status(List<String> words) {
        CommandWords read = statusWords(words);
        return ImageText.status(shown(read), replication.problems());
    }

    /**
     * {@code image:status --watch}: shows it every second until nothing moves, for half an hour at most.
     *
     * @param screen takes each text
     */
    public void watch(List<String> words, Consumer<String> screen) throws InterruptedException {
        CommandWords read = statusWords(words);
        long end = System.nanoTime() + WATCH_LIMIT.toNanos();
        while (true) {
            List<TransferView> views = shown(read);
            screen.accept(ImageText.status(views, replication.problems()));
            boolean moves = views.stream()
                    .anyMatch(view ->
                            view.state().equals("running") || view.state().equals("retrying"));
            if (!moves || System.nanoTime() - end > 0) {
                return;
            }
            Thread.sleep(WATCH_EVERY.toMillis());
        }
    }

    /** Whether the words ask to watch. */
    public static boolean isWatch(List<String> words) {
        return words.contains("--watch");
    }

    private static CommandWords statusWords(List<String> words) {
        return CommandWords.read(STATUS, words, List.of(), List.of("--watch")).withPlain(0, 1, STATUS);
    }

    /** The only word after a command without options. */
    private static ImageName image(List<String> words, String usage) {
        return ImageName.parse(CommandWords.read(usage, words, List.of(), List.of())
                .withPlain(1, usage)
                .plain()
                .get(0));
    }

    private List<TransferView> shown(CommandWords read) {
        List<String> plain = read.plain();
        return plain.isEmpty() ? replication.transfers(LISTED) : List.of(find(ImageName.parse(plain.get(0))));
    }

    private TransferView find(ImageName name) {
        return replication.newest(name).orElseThrow(() -> {
            String problem = replication.problems().get(name);
            return new IllegalArgumentException(
                    problem != null
                            ? problem
                            : "Image " + name + " was never sent; see image:status, or image:push it.");
        });
    }

    /** {@code image:where shop/web:1.0}. */
    public String where(List<String> words) {
        return ImageText.where(find(image(words, WHERE)));
    }

    /**
     * {@code image:verify shop/web:1.0}, with {@code --deep} every byte of it.
     *
     * @param screen takes how far the nodes are with that, now and then
     * @throws IllegalStateException with what is shown when it is not right everywhere, so that the command fails
     */
    public String verify(List<String> words, Consumer<String> screen) throws ImageException {
        CommandWords read = CommandWords.read(VERIFY, words, List.of("--bytes-per-second"), List.of("--deep"))
                .withPlain(1, VERIFY);
        ImageName name = ImageName.parse(read.plain().get(0));
        boolean deep = read.has("--deep");
        if (!deep && read.has("--bytes-per-second")) {
            throw new IllegalArgumentException(
                    "The option --bytes-per-second is for --deep, which reads every byte; write " + VERIFY + ".");
        }
        List<Verdict> verdicts = deep
                ? replication.verifyDeep(
                        name, DeepVerification.atRate("The option --bytes-per-second", rate(read), new Seldom(screen)))
                : replication.verify(name, VERIFY_LIMIT);
        String text = ImageText.verdicts(name, verdicts, deep);
        if (!verdicts.stream().allMatch(Verdict::right)) {
            throw new IllegalStateException(text);
        }
        return text;
    }

    private static long rate(CommandWords read) {
        String text = read.value("--bytes-per-second").orElse("" + DeepVerification.USUAL_BYTES_PER_SECOND);
        if (!text.matches("\\d{1,15}")) {
            throw new IllegalArgumentException(
                    "The option --bytes-per-second is '" + text + "'; use a number of bytes, or 0 for no limit.");
        }
        return Long.parseLong(text);
    }

    /** Shows progress every few seconds. For one thread. */
    private static final class Seldom implements Consumer<List<CheckProgress>> {
        private static final long EVERY_NANOS = Duration.ofSeconds(5).toNanos();

        private final Consumer<String> screen;
        private long shown = System.nanoTime();

        Seldom(Consumer<String> screen) {
            this.screen = screen;
        }

        @Override
        public void accept(List<CheckProgress> waiting) {
            long now = System.nanoTime();
            if (now - shown >= EVERY_NANOS) {
                shown = now;
                screen.accept(ImageText.checking(waiting));
            }
        }
    }
}
