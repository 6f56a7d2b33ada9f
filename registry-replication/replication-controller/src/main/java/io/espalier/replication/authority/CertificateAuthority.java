package io.espalier.replication.authority;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.permission.Permission;
import io.espalier.relay.permission.PermissionText;
import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.NodeId;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster's certificate authority: an EC P-256 key with a certificate signed by itself, which signs the certificates of nodes
 * (RFC 5280). Thread-safe.
 */
public final class CertificateAuthority {
    /** Nodes whose clocks are behind by less than this accept a fresh certificate. */
    static final Duration BACKDATED = Duration.ofHours(1);

    private static final Duration OWN_LIFE = Duration.ofDays(20 * 365);
    private static final int SERIAL_BITS = 127;
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final Logger LOG = LoggerFactory.getLogger(CertificateAuthority.class);

    private final PrivateKey key;
    private final X509Certificate certificate;
    private final Duration life;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /**
     * What was issued.
     *
     * @param serial in lower-case hexadecimal
     */
    record Issued(String serial, Instant expires, IssuedCertificate certificate) {}

    private CertificateAuthority(AuthorityFile.Content content, Duration life, Clock clock) {
        this.key = content.key();
        this.certificate = content.certificate();
        this.life = life;
        this.clock = clock;
    }

    /** {@link #open(Path, String, Duration, Clock, boolean) Opens} it and may make it. */
    public static CertificateAuthority open(Path folder, String cluster, Duration life, Clock clock)
            throws AuthorityException {
        return open(folder, cluster, life, clock, true);
    }

    /**
     * Opens {@code data/replication/authority}; makes folder, key and certificate on first use.
     *
     * @param cluster stands in the authority's own certificate
     * @param life of the certificates of nodes, usually 30 days
     * @param mayMake false when there was one a while ago: who mends its file may just have moved it away
     * @throws AuthorityException when the file is damaged or can be read by others, or is gone and must not be made
     */
    public static CertificateAuthority open(Path folder, String cluster, Duration life, Clock clock, boolean mayMake)
            throws AuthorityException {
        requireNonNull(clock, "clock is null");
        if (life.isNegative() || life.isZero()) {
            throw new IllegalArgumentException("life is " + life + "; certificates live longer than nothing.");
        }
        Path file = folder.resolve("authority.pem");
        // One that is hidden by its folder's rights is not missing, and not to be replaced.
        if (Files.notExists(file)) {
            if (!mayMake) {
                throw new AuthorityException(
                        "The certificate authority " + file + " is gone; restore it from a copy. For a new one, with"
                                + " which every node has to join again, restart the plug-in.",
                        null);
            }
            makeFirst(file, cluster, clock.instant());
        }
        return existing(file, life, clock);
    }

    private static void makeFirst(Path file, String cluster, Instant now) throws AuthorityException {
        try {
            AuthorityFile.write(file, make(cluster, now));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw unusable(file, e).whileMaking();
        }
        LOG.info("The certificate authority of the cluster '{}' was made in {}; keep a copy of it.", cluster, file);
    }

    private static CertificateAuthority existing(Path file, Duration life, Clock clock) throws AuthorityException {
        try {
            if (AuthorityFile.readableByOthers(file)) {
                throw new AuthorityException(
                        "The key of the certificate authority " + file
                                + " can be read by others; if nobody has copied it set"
                                + " its mode to 0600, else remove it, restart the plug-in and let every node join again"
                                + " with a new token.",
                        null);
            }
            AuthorityFile.Content content = AuthorityFile.read(file);
            requirePair(content);
            return new CertificateAuthority(content, life, clock);
        } catch (IOException | OperatorCreationException e) {
            throw unusable(file, e);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new AuthorityException(
                    "The certificate authority " + file + " is damaged: " + e.getMessage()
                            + "; restore it from a copy, or remove it, restart the plug-in and let every node join again"
                            + " with a new token.",
                    e);
        }
    }

    /** Messages of file systems are sometimes the name of the file and no more. */
    static AuthorityException unusable(Path file, Exception cause) {
        if (cause instanceof AccessDeniedException) {
            return new AuthorityException(
                    "The certificate authority " + file + " cannot be read or made by the user '"
                            + System.getProperty("user.name")
                            + "' of this process; make that user the owner of the file"
                            + " (mode 0600) and of its folder (mode 0700).",
                    cause);
        }
        return new AuthorityException(
                "Tried to read or make the certificate authority " + file + " but that failed: " + cause.getMessage(),
                cause);
    }

    private static AuthorityFile.Content make(String cluster, Instant now)
            throws GeneralSecurityException, OperatorCreationException, CertIOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        X500Name name = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, cluster)
                .addRDN(BCStyle.CN, "Espalier authority")
                .build();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                        name,
                        new BigInteger(SERIAL_BITS, new SecureRandom()),
                        Date.from(now.minus(BACKDATED)),
                        Date.from(now.plus(OWN_LIFE)),
                        name,
                        keys.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        return new AuthorityFile.Content(keys.getPrivate(), sign(builder, keys.getPrivate()));
    }

    private static void requirePair(AuthorityFile.Content content)
            throws GeneralSecurityException, OperatorCreationException {
        X509v3CertificateBuilder probe = new JcaX509v3CertificateBuilder(
                content.certificate(),
                BigInteger.ONE,
                Date.from(Instant.EPOCH),
                Date.from(Instant.EPOCH.plusSeconds(1)),
                content.certificate().getSubjectX500Principal(),
                content.certificate().getPublicKey());
        sign(probe, content.key()).verify(content.certificate().getPublicKey());
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
    }

    /**
     * Signs a node's certificate.
     *
     * @param host domain name or address, checked
     */
    Issued issue(NodeId node, String host, boolean master, PublicKey nodeKey) {
        Instant now = clock.instant();
        Instant end = now.plus(life);
        Instant ownEnd = certificate.getNotAfter().toInstant();
        Date expires = Date.from(end.isBefore(ownEnd) ? end : ownEnd);
        try {
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                            certificate,
                            new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1),
                            Date.from(now.minus(BACKDATED)),
                            expires,
                            new X500NameBuilder(BCStyle.INSTANCE)
                                    .addRDN(BCStyle.CN, node.value())
                                    .build(),
                            nodeKey)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                        KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                    }))
                    .addExtension(Extension.subjectAlternativeName, false, names(node, host, master));
            X509Certificate signed = sign(builder, key);
            return new Issued(
                    signed.getSerialNumber().toString(16).toLowerCase(Locale.ROOT),
                    expires.toInstant(),
                    new IssuedCertificate(AuthorityFile.pem(signed), AuthorityFile.pem(certificate)));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException("Tried to sign a certificate for node " + node + " but that failed.", e);
        }
    }

    /** By the first name other nodes know it; the host is there for other tools. */
    private static GeneralNames names(NodeId node, String host, boolean master) {
        List<GeneralName> names = new ArrayList<>();
        names.add(new GeneralName(GeneralName.dNSName, node.value()));
        names.add(new GeneralName(IPAddress.isValid(host) ? GeneralName.iPAddress : GeneralName.dNSName, host));
        if (master) {
            names.add(new GeneralName(GeneralName.uniformResourceIdentifier, IssuedCertificate.MASTER_NAME));
        }
        return new GeneralNames(names.toArray(GeneralName[]::new));
    }

    /** Signs a permission, which every node can check with the authority's certificate. */
    public String sign(Permission permission) {
        return new PermissionText().sign(permission, key);
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** SHA-256 of the certificate, 64 lower-case hexadecimal digits; the second half of every join token. */
    public String fingerprint() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The authority's certificate has no SHA-256.", e);
        }
    }
}
