package io.espalier.relay.identity;

import io.espalier.relay.seal.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The node's EC P-256 key pair, made once. */
final class KeyFile {
    static final String SIGNATURE = "SHA256withECDSA";
    private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);
    private static final byte[] PROBE = {1, 2, 3};

    private KeyFile() {}

    static KeyPair open(Path file) throws IdentityException {
        try {
            if (!Files.exists(file)) {
                return make(file);
            }
            if (PrivateFiles.readableByOthers(file)) {
                throw new IdentityException("The node's key " + file
                        + " can be read by others; if nobody has copied it set its mode to 0600, else remove the folder"
                        + " and let the node join again.");
            }
            KeyPair keys = Pem.keys(PrivateFiles.read(file));
            requirePair(keys);
            return keys;
        } catch (IOException e) {
            throw new IdentityException(
                    "Tried to read or make the node's key " + file + " but that failed: " + e.getMessage()
                            + "; check the disk and that the folder belongs to the user of the process.",
                    e);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IdentityException(
                    "The node's key " + file + " is damaged: " + e.getMessage()
                            + "; restore it, or remove the folder and let the node join again with a new token.",
                    e);
        }
    }

    private static KeyPair make(Path file) throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        PrivateFiles.write(file, Pem.write(keys));
        LOG.info("The node's key was made in {}.", file);
        return keys;
    }

    private static void requirePair(KeyPair keys) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(SIGNATURE);
        signature.initSign(keys.getPrivate());
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(keys.getPublic());
        signature.update(PROBE);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("its two halves do not belong together");
        }
    }
}
