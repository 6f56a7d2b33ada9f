package io.espalier.kernel.jar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Questions to a jar file that need no module system to answer. */
public final class JarFiles {
    private static final int BUFFER = 64 * 1024;

    private JarFiles() {}

    /**
     * Why the file is no whole zip: empty when its central directory is readable and every entry has the length and the
     * CRC that the directory says. Reads the whole file.
     */
    public static Optional<String> damage(Path jar) {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            var buffer = new byte[BUFFER];
            for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
                Optional<String> damage = damage(zip, entry, buffer);
                if (damage.isPresent()) {
                    return damage;
                }
            }
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            // ZipFile answers some damage with unchecked exceptions, for instance names that are no UTF-8.
            return Optional.of("it is not a whole zip file (" + e.getMessage() + ")");
        }
    }

    /** The SHA-256 of the file's bytes in hex. */
    public static String digest(Path jar) throws IOException {
        try (InputStream in = Files.newInputStream(jar)) {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            var buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256.", e);
        }
    }

    /** The bundle's symbolic name, without its directives; empty when the jar has none or cannot be read. */
    public static Optional<String> bundleName(Path jar) {
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            Manifest manifest = file.getManifest();
            String header =
                    manifest == null ? null : manifest.getMainAttributes().getValue("Bundle-SymbolicName");
            return Optional.ofNullable(header)
                    .map(value -> value.replaceFirst(";.*", "").trim())
                    .filter(name -> !name.isEmpty());
        } catch (IOException | RuntimeException unreadable) {
            return Optional.empty();
        }
    }

    /** ZipFile itself compares neither length nor CRC with the directory. */
    private static Optional<String> damage(ZipFile zip, ZipEntry entry, byte[] buffer) throws IOException {
        var crc = new CRC32();
        long length = 0;
        try (InputStream in = zip.getInputStream(entry)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                crc.update(buffer, 0, n);
                length += n;
                if (length > entry.getSize()) {
                    return Optional.of("its entry " + entry.getName() + " is longer than the zip's directory says");
                }
            }
        }
        if (length != entry.getSize() || crc.getValue() != entry.getCrc()) {
            return Optional.of(
                    "its entry " + entry.getName() + " is damaged (length or CRC differ from the directory)");
        }
        return Optional.empty();
    }
}
