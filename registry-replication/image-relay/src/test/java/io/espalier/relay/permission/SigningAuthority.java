package io.espalier.relay.permission;

import io.espalier.relay.protocol.ActRequest;
import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.NodeId;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** A cluster's authority that signs permissions. */
public final class SigningAuthority {
    private final KeyPair keys;

    public SigningAuthority() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            keys = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public PublicKey key() {
        return keys.getPublic();
    }

    /** A minute from then. */
    public static Permission permission(
            String holder, String target, ControlAction action, String subject, Instant from) {
        Instant begin = from.truncatedTo(ChronoUnit.SECONDS);
        return new Permission(
                UUID.randomUUID().toString(),
                new NodeId(holder),
                new NodeId(target),
                action,
                subject,
                begin,
                begin.plus(Duration.ofSeconds(60)));
    }

    public String sign(Permission permission) {
        return new PermissionText().sign(permission, keys.getPrivate());
    }

    /** The permission with a request for just what it is for. */
    public ActRequest request(Permission permission) {
        return new ActRequest(sign(permission), permission.action().word(), permission.subject());
    }

    /** Any claims, signed with the right key. */
    String signClaims(String claims) {
        try {
            java.util.Base64.Encoder encoder = java.util.Base64.getUrlEncoder().withoutPadding();
            String valid = sign(permission("a", "b", ControlAction.IMAGES, "", Instant.EPOCH));
            String signed = valid.substring(0, valid.indexOf('.') + 1)
                    + encoder.encodeToString(claims.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            java.security.Signature signature = java.security.Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(keys.getPrivate());
            signature.update(signed.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            return signed + "." + encoder.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
