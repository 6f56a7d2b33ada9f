package io.espalier.kernel.fakes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Random;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** Makes real jars. */
public final class Jars {
    private Jars() {}

    /** A bundle's jar, some 20 KB, whose content differs with name, version and salt. */
    public static byte[] bundle(String name, String version, int salt) {
        return jar("Manifest-Version: 1.0\nBundle-SymbolicName: " + name + "\nBundle-Version: " + version + "\n", salt);
    }

    /** A jar that is no bundle. */
    public static byte[] noBundle() {
        return jar("Manifest-Version: 1.0\n", 1);
    }

    /** Writes the bundle at once. */
    public static Path write(Path file, String name, String version) {
        return write(file, bundle(name, version, 1));
    }

    public static Path write(Path file, byte[] content) {
        try {
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts the content there with one rename. */
    public static Path rename(Path file, byte[] content) {
        try {
            Path hidden = file.resolveSibling("." + file.getFileName() + ".part");
            Files.write(hidden, content);
            return Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] jar(String manifest, int salt) {
        var bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar =
                new JarOutputStream(bytes, new Manifest(new ByteArrayInputStream(manifest.getBytes(UTF_8))))) {
            var noise = new byte[20_000];
            new Random(salt).nextBytes(noise);
            jar.putNextEntry(new ZipEntry("noise.bin"));
            jar.write(noise);
            jar.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
