package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

/**
 * Answer to a join or a renewal.
 *
 * @param certificate the node's certificate in PEM
 * @param authority the cluster's certificate authority in PEM
 */
public record IssuedCertificate(String certificate, String authority) {
    /** The subject alternative name, a URI, that only the master's certificate has. */
    public static final String MASTER_NAME = "urn:espalier:master";

    public IssuedCertificate {
        requireNonNull(certificate, "certificate is null");
        requireNonNull(authority, "authority is null");
    }
}
