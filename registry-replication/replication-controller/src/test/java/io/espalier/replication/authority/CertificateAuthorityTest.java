package io.espalier.replication.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.identity.IdentityException;
import io.espalier.relay.identity.NodeIdentity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.MemoryNodeStore;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {
    private static final Instant NOW = Instant.parse("2025-03-01T12:00:00Z");
    private static final Duration LIFE = Duration.ofDays(30);

    @TempDir
    private Path folder;

    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);

    private CertificateAuthority open() throws AuthorityException {
        return CertificateAuthority.open(folder.resolve("authority"), "Werk, \"Süd\"+1=x", LIFE, clock);
    }

    private X509Certificate issued(CertificateAuthority authority, String host, boolean master) throws Exception {
        NodeIdentity identity = NodeIdentity.open(folder.resolve("node-" + host.length()), new NodeId("n.1"), clock);
        identity.accept(authority
                .issue(new NodeId("n.1"), host, master, SigningRequest.key(identity.signingRequest()))
                .certificate());
        return identity.certificate().orElseThrow();
    }

    @Test
    void isTheSameAfterARestartAndReadableByItsUserAlone() throws Exception {
        String before = open().fingerprint();
        assertThat(open().fingerprint()).isEqualTo(before).matches("[0-9a-f]{64}");
        Path file = folder.resolve("authority/authority.pem");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("authority"))))
                .isEqualTo("rwx------");
    }

    @Test
    void certificateNamesNodeAndHostAndServesBothSides() throws Exception {
        X509Certificate certificate = issued(open(), "relay.example.org", false);
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=n.1");
        assertThat(certificate.getSubjectAlternativeNames())
                .containsExactly(List.of(2, "n.1"), List.of(2, "relay.example.org"));
        assertThat(certificate.getExtendedKeyUsage())
                .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(certificate.getNotAfter().toInstant()).isEqualTo(NOW.plus(LIFE));
        assertThat(certificate.getNotBefore().toInstant()).isEqualTo(NOW.minus(CertificateAuthority.BACKDATED));
        assertThat(certificate.getSerialNumber().bitLength()).isEqualTo(127);
    }

    @Test
    void addressIsNamedAsAddressAndTheMasterIsMarked() throws Exception {
        assertThat(issued(open(), "10.1.2.3", true).getSubjectAlternativeNames())
                .containsExactly(List.of(2, "n.1"), List.of(7, "10.1.2.3"), List.of(6, "urn:espalier:master"));
    }

    @Test
    void refusesAKeyThatOthersCanRead() throws Exception {
        open();
        Path file = folder.resolve("authority/authority.pem");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(this::open)
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining("can be read by others")
                .hasMessageContaining(file.toString());
    }

    @Test
    void saysWhoMustOwnAFileThatItMayNotRead() {
        Path file = folder.resolve("authority/authority.pem");
        assertThat(CertificateAuthority.unusable(file, new AccessDeniedException(file.toString())))
                .hasMessage("The certificate authority " + file + " cannot be read or made by the user '"
                        + System.getProperty("user.name") + "' of this process; make that user the owner of the file"
                        + " (mode 0600) and of its folder (mode 0700).");
    }

    @Test
    void makesNoNewAuthorityInThePlaceOfWhatCannotBeRead() throws Exception {
        Path file = folder.resolve("authority/authority.pem");
        Files.createDirectories(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        assertThatThrownBy(this::open)
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("Is a directory");
        assertThat(file).isDirectory();
    }

    @Test
    void saysWhatToDoWhenTheFileIsDamagedOrOfAnotherAuthority() throws Exception {
        open();
        Path file = folder.resolve("authority/authority.pem");
        String own = Files.readString(file);
        Files.writeString(file, own.substring(0, own.length() / 3));
        assertThatThrownBy(this::open).isInstanceOf(AuthorityException.class).hasMessageContaining("damaged");
        CertificateAuthority.open(folder.resolve("other"), "other", LIFE, clock);
        String other = Files.readString(folder.resolve("other/authority.pem"));
        int split = own.indexOf("-----BEGIN CERTIFICATE");
        Files.writeString(file, own.substring(0, split) + other.substring(other.indexOf("-----BEGIN CERTIFICATE")));
        assertThatThrownBy(this::open).isInstanceOf(AuthorityException.class).hasMessageContaining("damaged");
    }

    @Test
    void certificateForAnotherNodeIsNotTakenIntoUse() throws Exception {
        NodeIdentity identity = NodeIdentity.open(folder.resolve("x"), new NodeId("x"), clock);
        assertThatThrownBy(() -> identity.accept(
                        open().issue(new NodeId("y"), "y", false, SigningRequest.key(identity.signingRequest()))
                                .certificate()))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("is of the node 'y'");
        assertThat(identity.enrolled()).isFalse();
    }

    @Test
    void tokensOfImpossibleKindsAreNotMade() throws Exception {
        JoinTokens tokens = new JoinTokens(new MemoryNodeStore(), open(), clock);
        assertThatThrownBy(() -> tokens.create(Duration.ZERO, 1)).hasMessageContaining("366 days");
        assertThatThrownBy(() -> tokens.create(Duration.ofDays(367), 1)).hasMessageContaining("366 days");
        assertThatThrownBy(() -> tokens.create(Duration.ofDays(1), 0)).hasMessageContaining("uses");
        assertThat(tokens.create(Duration.ofDays(1), 1)).endsWith("." + open().fingerprint());
    }
}
