package io.espalier.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of lines that is added to, and written anew now and then without the lines that count no more.
 *
 * <p>It takes no room to open one, so that what keeps its notes here also starts on a full disk. Methods block for as long as the disk
 * takes. One caller at a time: the owner sees to that.
 */
public final class LineFile {
    private static final Logger LOG = LoggerFactory.getLogger(LineFile.class);

    private final Path file;
    private final int spare;
    private int lines;
    private int retryAt;

    /**
     * Touches no disk yet.
     *
     * @param spare so many lines that count no more are always left, so that a short file is not written anew all the time
     */
    public LineFile(Path file, int spare) {
        this.file = requireNonNull(file, "file is null");
        if (spare < 1) {
            throw new IllegalArgumentException("spare is " + spare + "; use at least 1.");
        }
        this.spare = spare;
    }

    /**
     * Reads the lines, the oldest first; none when there is no file. To be called once, before the first line is added.
     *
     * <p>A last line without its end was torn by a crash. It is left out and cut off, so that the next line does not continue it.
     *
     * @throws IOException when it cannot be read, or a torn line not cut off
     */
    public List<String> read() throws IOException {
        byte[] bytes = bytes();
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        if (end < bytes.length) {
            cut(end);
        }
        List<String> read = end == 0 ? List.of() : List.of(new String(bytes, 0, end - 1, UTF_8).split("\n", -1));
        lines = read.size();
        return read;
    }

    private byte[] bytes() throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException none) {
            return new byte[0];
        }
    }

    private void cut(int end) throws IOException {
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            channel.truncate(end);
            channel.force(true);
        }
    }

    /**
     * Adds a line, on disk when this returns.
     *
     * @param line without a line end in it
     * @throws IOException with a sentence; the line is not there then
     */
    public void add(String line) throws IOException {
        DurableFiles.append(file, (line + "\n").getBytes(UTF_8));
        lines++;
    }

    /**
     * Writes the file anew when it has more than twice as many lines as count, and the spare ones. If the disk does not take that, all
     * lines stay, that is logged, and it is tried again after some more lines.
     *
     * @param counting how many lines count
     * @param those that count, asked for only when the file is written
     */
    public void shorten(int counting, Supplier<Collection<String>> those) {
        if (lines <= 2 * counting + spare || lines < retryAt) {
            return;
        }
        Collection<String> kept = those.get();
        StringBuilder text = new StringBuilder();
        kept.forEach(line -> text.append(line).append('\n'));
        try {
            DurableFiles.replace(file, text.toString().getBytes(UTF_8));
            lines = kept.size();
            retryAt = 0;
        } catch (IOException e) {
            retryAt = lines + spare;
            LOG.warn("{} stays longer than it need be: {}", file, e.getMessage());
        }
    }
}
