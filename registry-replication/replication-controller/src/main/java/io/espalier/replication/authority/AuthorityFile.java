package io.espalier.replication.authority;

import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The authority's key and certificate in one file, so that a crash leaves both or none; readable by the process's user alone. */
final class AuthorityFile {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    record Content(PrivateKey key, X509Certificate certificate) {}

    private AuthorityFile() {}

    static Content read(Path file) throws IOException, GeneralSecurityException {
        String text = Files.readString(file);
        PrivateKey key =
                KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(block(text, "PRIVATE KEY")));
        X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(block(text, "CERTIFICATE")));
        return new Content(key, certificate);
    }

    static void write(Path file, Content content) throws IOException, GeneralSecurityException {
        boolean modes = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        Path folder = requireNonNull(file.toAbsolutePath().getParent(), "the file is in a folder");
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            if (modes) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
        }
        DurableFiles.removeLeftovers(folder);
        String text = pem("PRIVATE KEY", content.key().getEncoded()) + pem(content.certificate());
        DurableFiles.replace(file, text.getBytes(StandardCharsets.US_ASCII), DurableFiles.OWNER_ONLY);
    }

    static boolean readableByOthers(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                && PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
                        .substring(3)
                        .matches(".*[rw].*");
    }

    static String pem(X509Certificate certificate) throws GeneralSecurityException {
        return pem("CERTIFICATE", certificate.getEncoded());
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + LINES.encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    private static byte[] block(String text, String label) throws GeneralSecurityException {
        Matcher block = Pattern.compile("-----BEGIN " + label + "-----([^-]*)-----END " + label + "-----")
                .matcher(text);
        if (!block.find()) {
            throw new GeneralSecurityException("it has no " + label);
        }
        return Base64.getMimeDecoder().decode(block.group(1));
    }
}
