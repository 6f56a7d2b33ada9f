package io.espalier.relay.control;

import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.RefusedException;
import java.io.IOException;

/** Where a node gets its certificate from. Called by one thread; may block for some seconds. */
public interface CertificateSource {
    /**
     * Makes the node a member.
     *
     * @throws IOException with a sentence when it may work later
     */
    IssuedCertificate join(String signingRequest) throws RefusedException, IOException;

    /** Told when the certificate of a join is in use. */
    void joined();

    /** Gets the next certificate with the present one. */
    IssuedCertificate renew(String signingRequest) throws RefusedException, IOException;

    /** Whether the node's certificate is of another cluster than this source. */
    boolean mustJoin();

    /** Whether a join costs little, so that the node joins at every start. */
    boolean joinsAtStart();

    /** Whether the node may join by itself when it is told that it is no member. */
    boolean mayJoinAgain();

    /** Who is asked, for sentences. */
    String describe();
}
