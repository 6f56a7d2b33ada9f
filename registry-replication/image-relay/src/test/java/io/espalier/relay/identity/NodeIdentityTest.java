package io.espalier.relay.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.NodeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeIdentityTest {
    private static final Instant NOW = Instant.parse("2025-03-01T12:00:00Z");
    private static final NodeId B = new NodeId("b");

    @TempDir
    private Path folder;

    private IssuingAuthority authority;

    @BeforeEach
    void found() throws Exception {
        authority = new IssuingAuthority("cluster");
    }

    private NodeIdentity open(String name) throws IdentityException {
        return open(name, NOW);
    }

    private NodeIdentity open(String name, Instant now) throws IdentityException {
        return NodeIdentity.open(folder.resolve(name), new NodeId(name), Clock.fixed(now, ZoneOffset.UTC));
    }

    private IssuedCertificate issue(NodeIdentity identity) throws Exception {
        return authority.issue(
                identity.signingRequest(),
                identity.node().value(),
                NOW.minus(Duration.ofDays(1)),
                NOW.plus(Duration.ofDays(29)),
                true);
    }

    private NodeIdentity joined(String name) throws Exception {
        NodeIdentity identity = open(name);
        identity.accept(issue(identity));
        return identity;
    }

    private static X509Certificate[] chain(NodeIdentity identity) {
        return new X509Certificate[] {
            identity.certificate().orElseThrow(), identity.authority().orElseThrow()
        };
    }

    @Test
    void keyIsMadeOnceAndReadableByItsUserAlone() throws Exception {
        joined("b");
        String key = Files.readString(folder.resolve("b/key.pem"));
        NodeIdentity again = open("b");
        assertThat(again.enrolled()).isTrue();
        assertThat(Files.readString(folder.resolve("b/key.pem"))).isEqualTo(key);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("b/key.pem"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("b"))))
                .isEqualTo("rwx------");
    }

    @Test
    void offersNoKeyBeforeItHasJoinedAndTheNewestCertificateThen() throws Exception {
        NodeIdentity identity = open("b");
        assertThat(identity.keys().chooseEngineServerAlias("EC", null, null)).isNull();
        identity.accept(issue(identity));
        String alias = identity.keys().chooseEngineServerAlias("EC", null, null);
        assertThat(identity.keys().getCertificateChain(alias)).containsExactly(chain(identity));
        X509Certificate first = identity.certificate().orElseThrow();
        identity.accept(issue(identity));
        assertThat(identity.keys().getCertificateChain(alias)[0])
                .isNotEqualTo(first)
                .isEqualTo(identity.certificate().orElseThrow());
        assertThat(identity.keys().chooseEngineServerAlias("RSA", null, null)).isNull();
        assertThat(identity.keys().getPrivateKey("another")).isNull();
    }

    @Test
    void trustsMembersOfItsClusterAlone() throws Exception {
        NodeIdentity b = joined("b");
        NodeIdentity c = joined("c");
        b.trust().checkServerTrusted(chain(c), "EC");
        b.trust().checkClientTrusted(chain(c), "EC");
        authority = new IssuingAuthority("cluster");
        NodeIdentity foreign = joined("d");
        assertThatThrownBy(() -> b.trust().checkServerTrusted(chain(foreign), "EC"))
                .isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> b.trust()
                        .checkServerTrusted(new X509Certificate[] {b.authority().orElseThrow()}, "EC"))
                .as("the authority itself is no node")
                .isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> open("new").trust().checkServerTrusted(chain(c), "EC"))
                .hasMessageContaining("has not joined");
    }

    @Test
    void certificateForServersAloneDoesNotServeAsClient() throws Exception {
        NodeIdentity b = joined("b");
        NodeIdentity c = open("c");
        c.accept(authority.issue(c.signingRequest(), "c", NOW, NOW.plusSeconds(60), false));
        b.trust().checkServerTrusted(chain(c), "EC");
        assertThatThrownBy(() -> b.trust().checkClientTrusted(chain(c), "EC"))
                .hasMessageContaining("no certificate of a node");
    }

    @Test
    void refusesExpiredAndFutureCertificates() throws Exception {
        NodeIdentity c = joined("c");
        joined("b");
        assertThatThrownBy(
                        () -> open("b", NOW.plus(Duration.ofDays(30))).trust().checkServerTrusted(chain(c), "EC"))
                .isInstanceOf(CertificateException.class);
        assertThatThrownBy(
                        () -> open("b", NOW.minus(Duration.ofDays(2))).trust().checkServerTrusted(chain(c), "EC"))
                .isInstanceOf(CertificateException.class);
        assertThat(open("b", NOW.plus(Duration.ofDays(30))).enrolled()).isFalse();
    }

    @Test
    void revocationTakesEffectAtOnceAndHoldsAfterARestart() throws Exception {
        NodeIdentity b = joined("b");
        NodeIdentity c = joined("c");
        String serial =
                c.certificate().orElseThrow().getSerialNumber().toString(16).toUpperCase(java.util.Locale.ROOT);
        b.revoke(List.of(serial));
        assertThatThrownBy(() -> b.trust().checkClientTrusted(chain(c), "EC")).hasMessageContaining("revoked");
        assertThatThrownBy(() -> open("b").trust().checkClientTrusted(chain(c), "EC"))
                .hasMessageContaining("revoked");
        b.revoke(List.of());
        open("b").trust().checkClientTrusted(chain(c), "EC");
    }

    @Test
    void knowsAPeerByItsNodeName() throws Exception {
        NodeIdentity b = joined("b");
        NodeIdentity c = joined("c");
        PeerTrust.node(b, new NodeId("c")).checkServerTrusted(chain(c), "EC");
        assertThatThrownBy(() -> PeerTrust.node(b, new NodeId("d")).checkServerTrusted(chain(c), "EC"))
                .hasMessageContaining("d was wanted");
        assertThatThrownBy(() -> PeerTrust.master(b).checkServerTrusted(chain(c), "EC"))
                .hasMessageContaining("the master was wanted");
    }

    @Test
    void renewalIsDueWhenAThirdOfTheLifeIsLeft() throws Exception {
        joined("b");
        assertThat(open("b", NOW.plus(Duration.ofDays(18))).renewalDue()).isFalse();
        assertThat(open("b", NOW.plus(Duration.ofDays(20))).renewalDue()).isTrue();
        assertThat(open("new").renewalDue()).isFalse();
    }

    @Test
    void damagedOrForeignFilesAreExplained() throws Exception {
        joined("b");
        joined("c");
        Path own = folder.resolve("b/certificates.pem");
        String good = Files.readString(own);
        Files.copy(folder.resolve("c/certificates.pem"), own, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> open("b"))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining(own.toString())
                .hasMessageContaining("another key");
        Files.writeString(own, good.substring(0, 100));
        assertThatThrownBy(() -> open("b"))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("join again");
        Files.writeString(own, good);
        assertThatThrownBy(() -> NodeIdentity.open(folder.resolve("b"), new NodeId("x"), Clock.systemUTC()))
                .hasMessageContaining("of the node 'b' but this node is 'x'");
        Files.writeString(folder.resolve("b/key.pem"), "nonsense");
        assertThatThrownBy(() -> open("b"))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("damaged");
    }

    @Test
    void keyThatOthersCanReadIsRefused() throws Exception {
        joined("b");
        Files.setPosixFilePermissions(folder.resolve("b/key.pem"), PosixFilePermissions.fromString("rw----r--"));
        assertThatThrownBy(() -> open("b"))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("can be read by others");
    }

    @Test
    void refusedCertificateLeavesTheOldOneInUse() throws Exception {
        NodeIdentity b = joined("b");
        X509Certificate before = b.certificate().orElseThrow();
        NodeIdentity c = open("c");
        assertThatThrownBy(() -> b.accept(issue(c))).isInstanceOf(IdentityException.class);
        assertThatThrownBy(() -> b.accept(new IssuedCertificate("x", "y"))).isInstanceOf(IdentityException.class);
        assertThat(b.certificate()).contains(before);
        assertThat(open("b").certificate()).contains(before);
    }

    @Test
    void remembersByItsHashWithWhichTokenItJoined() throws Exception {
        NodeIdentity b = open("b");
        JoinToken token = JoinToken.parse("s".repeat(43) + "." + PeerTrust.fingerprint(authority.certificate()));
        assertThat(b.remembersToken(token)).isFalse();
        b.rememberToken(token);
        assertThat(open("b").remembersToken(token)).isTrue();
        assertThat(open("b").remembersToken(new JoinToken("t".repeat(43), token.authority())))
                .isFalse();
        assertThat(Files.readString(folder.resolve("b/joined-with"))).doesNotContain("sss");
        assertThat(token.vouchesFor(issue(b))).isTrue();
        authority = new IssuingAuthority("cluster");
        assertThat(token.vouchesFor(issue(b))).isFalse();
        assertThat(B).isEqualTo(b.node());
    }
}
