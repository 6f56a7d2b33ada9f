package io.espalier.testkit.files;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * A real file system of a few bytes (a tmpfs of its own), so that a test can fill the disk and see "no space left".
 *
 * <p>Only root may mount one: elsewhere the test is skipped with that reason.
 */
public final class SmallDisk implements AutoCloseable {
    private static final int BLOCK = 4096;
    private static final int LIMIT_S = 20;
    private static final String FILLER = ".filler";

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /**
     * Mounts a disk of this size.
     *
     * @throws TestAbortedException when this user may not mount; the test counts as skipped
     */
    public static SmallDisk mount(long bytes) {
        Path folder = Folders.createTemporary("small-disk-");
        String problem = run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", folder.toString());
        if (!problem.isEmpty()) {
            Folders.delete(folder);
            throw new TestAbortedException("A small disk cannot be mounted here (it takes root): " + problem);
        }
        return new SmallDisk(folder);
    }

    /** Where it is mounted. */
    public Path folder() {
        return folder;
    }

    /** Takes all the space that is left. */
    public void fill() {
        try (OutputStream filler = Files.newOutputStream(folder.resolve(FILLER))) {
            byte[] block = new byte[BLOCK];
            while (true) {
                filler.write(block);
            }
        } catch (IOException full) {
            requireFull(full);
        }
    }

    /** Gives back what {@link #fill} took. */
    public void free() {
        try {
            Files.deleteIfExists(folder.resolve(FILLER));
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to free the small disk " + folder + ".", e);
        }
    }

    /** Unmounts it, even when files are still open. */
    @Override
    public void close() {
        String problem = run("umount", folder.toString());
        if (!problem.isEmpty()) {
            problem = run("umount", "-l", folder.toString());
        }
        if (!problem.isEmpty()) {
            throw new AssertionError("Tried to unmount the small disk " + folder + " but got: " + problem);
        }
        Folders.delete(folder);
    }

    private void requireFull(IOException cause) {
        if (folder.toFile().getUsableSpace() >= BLOCK) {
            throw new UncheckedIOException("Tried to fill the small disk " + folder + ".", cause);
        }
    }

    /** Returns what the command complains about; empty when it has worked. */
    private static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return command[0] + " has not ended within " + LIMIT_S + " s";
            }
            return process.exitValue() == 0 ? "" : command[0] + " says: " + said.strip();
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
