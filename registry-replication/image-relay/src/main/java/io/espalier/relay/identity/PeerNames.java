package io.espalier.relay.identity;

import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.NodeId;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** Whose a certificate of the cluster is. The caller has checked that the cluster's authority signed it. */
public final class PeerNames {
    private static final int DNS = 2;
    private static final int URI = 6;

    private PeerNames() {}

    /** The node of the certificate: its common name, when a subject alternative name says the same; empty else. */
    public static Optional<NodeId> node(X509Certificate certificate) {
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                String value = String.valueOf(part.getValue());
                if (part.getType().equalsIgnoreCase("CN") && names(certificate, DNS, value)) {
                    return Optional.of(new NodeId(value));
                }
            }
            return Optional.empty();
        } catch (InvalidNameException | IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }

    /** Whether it is the master's. */
    public static boolean isMaster(X509Certificate certificate) {
        return names(certificate, URI, IssuedCertificate.MASTER_NAME);
    }

    private static boolean names(X509Certificate certificate, int kind, String name) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names != null && names.contains(List.of(kind, name));
        } catch (CertificateParsingException foreign) {
            return false;
        }
    }
}
