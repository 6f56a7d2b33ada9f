package io.espalier.relay.permission;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.relay.permission.PermissionException.Code;
import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.MessageCodec;
import io.espalier.relay.protocol.NodeId;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Base64.Decoder;
import java.util.Base64.Encoder;

/**
 * A permission as signed text: JWS compact serialization (RFC 7515) of JWT claims (RFC 7519), signed with ES256 (RFC 7518, 3.4).
 * The header is one constant, so nobody can choose another algorithm or key (RFC 8725, 3.1). Thread-safe.
 */
public final class PermissionText {
    /** Longer ones are not looked at. */
    public static final int MAX_CHARS = 2048;

    private static final Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Decoder DECODER = Base64.getUrlDecoder();
    private static final String HEADER =
            ENCODER.encodeToString("{\"alg\":\"ES256\",\"typ\":\"espalier-permission+jwt\"}".getBytes(US_ASCII));
    private static final String ALGORITHM = "SHA256withECDSAinP1363Format";
    private static final int SIGNATURE_BYTES = 64;

    private final MessageCodec codec = new MessageCodec();

    /** The names are those of RFC 7519, 4.1; times in seconds since the epoch. */
    record Claims(String jti, String sub, String aud, String act, String res, long nbf, long exp) {}

    /**
     * Signs a permission.
     *
     * @param key EC P-256
     */
    public String sign(Permission permission, PrivateKey key) {
        Claims claims = new Claims(
                permission.id(),
                permission.holder().value(),
                permission.target().value(),
                permission.action().word(),
                permission.subject(),
                permission.notBefore().getEpochSecond(),
                permission.expires().getEpochSecond());
        String signed =
                HEADER + "." + ENCODER.encodeToString(codec.encodeRecord(claims).getBytes(UTF_8));
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(signed.getBytes(US_ASCII));
            return signed + "." + ENCODER.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Tried to sign a permission with the authority's key but that failed.", e);
        }
    }

    /**
     * Reads a permission that this key has signed; nothing of it is looked at before the signature is right.
     *
     * @throws PermissionException MALFORMED or FORGED
     */
    public Permission read(String text, PublicKey key) throws PermissionException {
        String[] parts = text.length() > MAX_CHARS ? new String[0] : text.split("\\.", -1);
        if (parts.length != 3) {
            throw new PermissionException(
                    Code.MALFORMED,
                    "The permission is not of the form HEADER.CLAIMS.SIGNATURE, or longer than " + MAX_CHARS
                            + " characters; show it as the master gave it.");
        }
        if (!parts[0].equals(HEADER) || !isSigned(parts, key)) {
            throw new PermissionException(
                    Code.FORGED,
                    "The permission was not signed by the authority of this cluster, or was changed; ask the master for one.");
        }
        return permission(parts[1]);
    }

    private static boolean isSigned(String[] parts, PublicKey key) throws PermissionException {
        try {
            byte[] given = DECODER.decode(parts[2]);
            if (given.length != SIGNATURE_BYTES || isZero(given, 0) || isZero(given, SIGNATURE_BYTES / 2)) {
                return false;
            }
            // By the key, not the certificate, whose key usage names certificates only.
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            signature.update((parts[0] + "." + parts[1]).getBytes(US_ASCII));
            return signature.verify(given);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    /** Some releases of Java 17 took a signature of zeros for right (CVE-2022-21449). */
    private static boolean isZero(byte[] signature, int from) {
        for (int i = from; i < from + SIGNATURE_BYTES / 2; i++) {
            if (signature[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private Permission permission(String claims) throws PermissionException {
        try {
            Claims said = codec.decodeRecord(new String(DECODER.decode(claims), UTF_8), Claims.class);
            ControlAction action = ControlAction.find(said.act())
                    .orElseThrow(() -> new IllegalArgumentException(
                            "this release knows no action '" + said.act() + "'; update this node"));
            return new Permission(
                    said.jti(),
                    new NodeId(said.sub()),
                    new NodeId(said.aud()),
                    action,
                    said.res(),
                    Instant.ofEpochSecond(said.nbf()),
                    Instant.ofEpochSecond(said.exp()));
        } catch (IllegalArgumentException | NullPointerException | DateTimeException e) {
            throw new PermissionException(
                    Code.MALFORMED, "The permission is signed but cannot be read: " + e.getMessage() + ".");
        }
    }
}
