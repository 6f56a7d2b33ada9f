package io.espalier.replication.authority;

import io.espalier.relay.protocol.RefusedException;
import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/** Reads PKCS #10 (RFC 2986). Of the request only the key counts, and the proof that the node has its private half. */
final class SigningRequest {
    private static final int MAX_CHARS = 16_384;
    private static final int MIN_BITS = 256;

    private SigningRequest() {}

    static PublicKey key(String pem) throws RefusedException {
        if (pem.length() > MAX_CHARS) {
            throw invalid("it is longer than " + MAX_CHARS + " characters", null);
        }
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            if (!(parser.readObject() instanceof PKCS10CertificationRequest request)) {
                throw invalid("it is no PKCS #10 in PEM", null);
            }
            PublicKey key = new JcaPKCS10CertificationRequest(request).getPublicKey();
            if (!(key instanceof ECPublicKey curve)
                    || curve.getParams().getCurve().getField().getFieldSize() < MIN_BITS) {
                throw invalid("its key is no EC key of at least " + MIN_BITS + " bits", null);
            }
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw invalid("it is not signed with its own key", null);
            }
            return key;
        } catch (IOException
                | GeneralSecurityException
                | OperatorCreationException
                | PKCSException
                | RuntimeException e) {
            throw invalid("it cannot be read: " + e.getMessage(), e);
        }
    }

    private static RefusedException invalid(String why, @Nullable Exception cause) {
        RefusedException refusal = new RefusedException(
                RefusedException.Code.INVALID,
                "The certificate signing request is refused: " + why + "; the node makes a right one by itself.");
        if (cause != null) {
            refusal.initCause(cause);
        }
        return refusal;
    }
}
