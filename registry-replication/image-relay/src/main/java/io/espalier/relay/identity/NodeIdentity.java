package io.espalier.relay.identity;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.seal.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's key, made once, and the certificate that the master gave it, kept in a folder that only the node's user can read.
 *
 * <p>The folder, mode 0700, has {@code key.pem}, {@code certificates.pem} (the node's own, then the authority's) and {@code
 * revoked} and {@code joined-with}, each of mode 0600 and replaced as a whole. Thread-safe; the TLS managers do no I/O.
 */
public final class NodeIdentity implements TlsIdentity {
    private static final int RENEW_AT_PART = 3;
    private static final Logger LOG = LoggerFactory.getLogger(NodeIdentity.class);

    private final NodeId node;
    private final Path folder;
    private final Clock clock;
    private final KeyPair key;
    private final NodeKeys keys;
    private final ClusterTrust trust;
    /** Own certificate, then the authority's; empty before the node has joined. */
    private volatile List<X509Certificate> chain = List.of();

    private volatile Set<String> revoked = Set.of();
    /** Whether the certificate in use is also the one on disk. */
    private boolean kept = true;

    private NodeIdentity(NodeId node, Path folder, Clock clock) throws IdentityException {
        this.node = node;
        this.folder = folder;
        this.clock = clock;
        this.key = KeyFile.open(folder.resolve("key.pem"));
        this.keys = new NodeKeys(key.getPrivate(), () -> chain);
        this.trust = new ClusterTrust(peer -> authorityOrNull(), serial -> revoked.contains(serial), clock);
    }

    /**
     * Opens {@code data/relay/identity}; makes folder and key on first use.
     *
     * @throws IdentityException when a file is damaged, of another node, or the key can be read by others
     */
    public static NodeIdentity open(Path folder, NodeId node, Clock clock) throws IdentityException {
        requireNonNull(node, "node is null");
        requireNonNull(clock, "clock is null");
        try {
            PrivateFiles.makeFolder(folder);
        } catch (IOException e) {
            throw new IdentityException(
                    "Tried to make the folder " + folder + " but that failed: " + e.getMessage(), e);
        }
        NodeIdentity identity = new NodeIdentity(node, folder, clock);
        identity.load();
        return identity;
    }

    private void load() throws IdentityException {
        try {
            if (Files.exists(certificateFile())) {
                chain = checked(
                        PrivateFiles.read(certificateFile()), certificateFile().toString());
            }
            if (Files.exists(revokedFile())) {
                revoked = Set.copyOf(PrivateFiles.read(revokedFile()).lines().toList());
            }
        } catch (IOException e) {
            throw new IdentityException(
                    "Tried to read the node's certificate in " + folder + " but that failed: " + e.getMessage(), e);
        }
    }

    private List<X509Certificate> checked(String pem, String where) throws IdentityException {
        try {
            List<X509Certificate> read = Pem.certificates(pem);
            if (read.size() != 2) {
                throw new CertificateException("it has " + read.size() + " certificates instead of two");
            }
            X509Certificate own = read.get(0);
            own.verify(read.get(1).getPublicKey());
            if (!own.getPublicKey().equals(key.getPublic())) {
                throw new CertificateException("it is for another key than " + folder.resolve("key.pem"));
            }
            String name = PeerNames.node(own).map(NodeId::value).orElse("nobody");
            if (!name.equals(node.value())) {
                throw new CertificateException("it is of the node '" + name + "' but this node is '" + node
                        + "', so the folder or the setting 'name' is of another node");
            }
            return List.copyOf(read);
        } catch (GeneralSecurityException e) {
            throw new IdentityException(
                    "The node's certificate from " + where + " cannot be used: " + e.getMessage()
                            + "; put it right, or remove the folder " + folder
                            + " and let the node join again with a new token.",
                    e);
        }
    }

    /** Whether there is a certificate that is valid now. */
    public boolean enrolled() {
        Instant now = clock.instant();
        return certificate()
                .filter(own -> !now.isBefore(own.getNotBefore().toInstant())
                        && now.isBefore(own.getNotAfter().toInstant()))
                .isPresent();
    }

    /** Why the certificate is not valid now, for its time has not come or is over; empty when it is valid, or there is none. */
    public Optional<String> outOfTime() {
        return enrolled()
                ? Optional.empty()
                : certificate()
                        .map(own -> "The certificate of node " + node + " is valid from "
                                + own.getNotBefore().toInstant() + " to "
                                + own.getNotAfter().toInstant() + " but this machine's clock says "
                                + clock.instant().truncatedTo(ChronoUnit.SECONDS)
                                + ". If the clock is wrong, set it right and the node comes back by itself; if it is right, make"
                                + " a join token with 'node:token' on the master.");
    }

    public Optional<X509Certificate> certificate() {
        return chain.stream().findFirst();
    }

    /** The cluster's authority; empty before the node has joined. */
    public Optional<X509Certificate> authority() {
        return Optional.ofNullable(authorityOrNull());
    }

    private @Nullable X509Certificate authorityOrNull() {
        List<X509Certificate> now = chain;
        return now.isEmpty() ? null : now.get(1);
    }

    /** PKCS #10 in PEM for the node's key. */
    public String signingRequest() {
        try {
            return Pem.write(
                    "CERTIFICATE REQUEST",
                    new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=" + node), key.getPublic())
                            .build(new JcaContentSignerBuilder(KeyFile.SIGNATURE).build(key.getPrivate()))
                            .getEncoded());
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException("Tried to sign a request with the key of node " + node + ".", e);
        }
    }

    /**
     * Takes a certificate into use with the next handshake, and keeps it; {@link #keep} tells when it cannot be written.
     *
     * @throws IdentityException when it is not for this node and key; then the old one stays in use
     */
    public synchronized void accept(IssuedCertificate issued) throws IdentityException {
        List<X509Certificate> fresh = checked(issued.certificate().strip() + "\n" + issued.authority(), "the master");
        chain = fresh;
        kept = false;
        LOG.info(
                "Node {} has a certificate until {}.",
                node,
                fresh.get(0).getNotAfter().toInstant());
        keep().ifPresent(problem -> LOG.warn("{}", problem));
    }

    /**
     * Writes the certificate in use to the disk unless it is there.
     *
     * @return why that failed; empty when it is on disk, or there is none
     */
    public synchronized Optional<String> keep() {
        if (kept) {
            return Optional.empty();
        }
        try {
            PrivateFiles.write(certificateFile(), Pem.write(chain.get(0)) + Pem.write(chain.get(1)));
            kept = true;
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("The node's new certificate cannot be kept in " + folder + " (" + e.getMessage()
                    + "), so it is lost at the next start; free space there, or make the disk writable.");
        }
    }

    /** Until the certificate ends; negative afterwards, empty when there is none. */
    public Optional<Duration> timeLeft() {
        return certificate()
                .map(own -> Duration.between(clock.instant(), own.getNotAfter().toInstant()));
    }

    /** Whether less than a third of the certificate's life is left; false when there is none. */
    public boolean renewalDue() {
        return certificate().filter(this::nearItsEnd).isPresent();
    }

    private boolean nearItsEnd(X509Certificate own) {
        Instant end = own.getNotAfter().toInstant();
        Duration life = Duration.between(own.getNotBefore().toInstant(), end);
        return clock.instant().isAfter(end.minus(life.dividedBy(RENEW_AT_PART)));
    }

    /** Sets the serial numbers, hexadecimal, that are no longer trusted, and keeps them. For every {@code Members} message. */
    public synchronized void revoke(Collection<String> serials) {
        Set<String> fresh = Set.copyOf(
                serials.stream().map(serial -> serial.toLowerCase(Locale.ROOT)).toList());
        if (fresh.equals(revoked)) {
            return;
        }
        revoked = fresh;
        try {
            PrivateFiles.write(revokedFile(), String.join("\n", new TreeSet<>(fresh)) + "\n");
        } catch (IOException e) {
            LOG.warn(
                    "Tried to keep the list of revoked certificates in {} but that failed; it holds until the next start.",
                    revokedFile(),
                    e);
        }
    }

    /** Notes with which token the node has joined; not the token itself. */
    public synchronized void rememberToken(JoinToken token) {
        try {
            PrivateFiles.write(tokenFile(), token.mark() + "\n");
        } catch (IOException e) {
            LOG.warn("Tried to note the join token's hash in {} but that failed.", tokenFile(), e);
        }
    }

    /** Whether the node has joined with this token last. */
    public boolean remembersToken(JoinToken token) {
        try {
            return Files.exists(tokenFile())
                    && PrivateFiles.read(tokenFile()).strip().equals(token.mark());
        } catch (IOException e) {
            LOG.warn("Tried to read {} but that failed.", tokenFile(), e);
            return false;
        }
    }

    private Path tokenFile() {
        return folder.resolve("joined-with");
    }

    private Path certificateFile() {
        return folder.resolve("certificates.pem");
    }

    private Path revokedFile() {
        return folder.resolve("revoked");
    }

    @Override
    public NodeId node() {
        return node;
    }

    @Override
    public X509ExtendedKeyManager keys() {
        return keys;
    }

    @Override
    public X509TrustManager trust() {
        return trust;
    }
}
