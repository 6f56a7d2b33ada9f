package io.espalier.relay.control;

import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.RefusedException;
import java.io.IOException;

/** Where a node gets its certificate from. Blocks for some seconds at most. */
public interface CertificateSource {
    /** Makes the node a member. */
    IssuedCertificate join(String signingRequest) throws RefusedException, IOException;

    /** Gets the next certificate with the present one. */
    IssuedCertificate renew(String signingRequest) throws RefusedException, IOException;

    /** Who is asked, for sentences. */
    String describe();
}
