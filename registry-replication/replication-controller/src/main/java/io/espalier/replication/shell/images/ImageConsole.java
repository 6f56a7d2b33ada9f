package io.espalier.replication.shell.images;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.transfer.PushResult;
import io.espalier.replication.transfer.Replication;
import io.espalier.replication.transfer.TransferView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The shell's {@code image:} commands, without a shell: words in, text out; failures are sentences. Thread-safe. */
public final class ImageConsole {
    private static final String PUSH = "image:push [FILE] REPOSITORY:TAG [--dry-run] [--priority 1..10]";
    private static final String RELEASE = "image:release REPOSITORY:TAG";
    private static final String STATUS = "image:status [REPOSITORY:TAG] [--watch]";
    private static final String WHERE = "image:where REPOSITORY:TAG";
    private static final String VERIFY = "image:verify REPOSITORY:TAG";
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
        ImageWords read = ImageWords.read(PUSH, words);
        List<String> plain = read.plain(1, 2, PUSH);
        ImageName name = ImageName.parse(plain.get(plain.size() - 1));
        if (plain.size() == 2) {
            if (read.has("--dry-run")) {
                throw new IllegalArgumentException(
                        "What a file would send is known once it is pushed; leave out --dry-run, or the file.");
            }
            archives.push(Path.of(plain.get(0)), name);
        }
        if (read.has("--dry-run")) {
            return ImageText.preview(replication.preview(name));
        }
        PushResult result = replication.push(name, read.priority());
        return ImageText.pushed(name, result);
    }

    /** {@code image:release shop/web:1.0}: sends it although the release gate holds it. */
    public String release(List<String> words) throws ImageException {
        ImageName name = ImageName.parse(
                ImageWords.read(RELEASE, words).plain(1, 1, RELEASE).get(0));
        return ImageText.pushed(name, replication.release(name));
    }

    /** {@code image:status} for the newest transfers, or one image's. */
    public String status(List<String> words) {
        ImageWords read = ImageWords.read(STATUS, words);
        return ImageText.status(shown(read), replication.problems());
    }

    /**
     * {@code image:status --watch}: shows it every second until nothing moves, for half an hour at most.
     *
     * @param screen takes each text
     */
    public void watch(List<String> words, Consumer<String> screen) throws InterruptedException {
        ImageWords read = ImageWords.read(STATUS, words);
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

    private List<TransferView> shown(ImageWords read) {
        List<String> plain = read.plain(0, 1, STATUS);
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
        ImageName name =
                ImageName.parse(ImageWords.read(WHERE, words).plain(1, 1, WHERE).get(0));
        return ImageText.where(find(name));
    }

    /** {@code image:verify shop/web:1.0}. */
    public String verify(List<String> words) throws ImageException {
        ImageName name = ImageName.parse(
                ImageWords.read(VERIFY, words).plain(1, 1, VERIFY).get(0));
        return ImageText.verdicts(name, replication.verify(name, VERIFY_LIMIT));
    }
}
