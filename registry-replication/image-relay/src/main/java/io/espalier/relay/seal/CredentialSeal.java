package io.espalier.relay.seal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals credentials with AES-256-GCM (NIST SP 800-38D) under a key file that only the node's user can read, so that the
 * configuration can be copied and shown. Thread-safe.
 */
public final class CredentialSeal {
    private static final String MARK = "sealed:";
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final byte[] PURPOSE = "espalier credential 1".getBytes(StandardCharsets.UTF_8);
    private static final Logger LOG = LoggerFactory.getLogger(CredentialSeal.class);

    private final Path file;
    private final SecretKeySpec key;
    private final SecureRandom random = new SecureRandom();

    private CredentialSeal(Path file, byte[] key) {
        this.file = file;
        this.key = new SecretKeySpec(key, "AES");
    }

    /**
     * Opens the key file, {@code data/relay/credentials.key}; makes it, mode 0600, on first use.
     *
     * @throws SealException when it is damaged or can be read by others
     */
    public static CredentialSeal open(Path keyFile) throws SealException {
        try {
            if (!Files.exists(keyFile)) {
                make(keyFile);
            }
            if (PrivateFiles.readableByOthers(keyFile)) {
                throw new SealException("The key file " + keyFile
                        + " can be read by others; if nobody has copied it set its mode to 0600, else remove it, change the"
                        + " passwords and seal them anew.");
            }
            byte[] key = Base64.getDecoder().decode(PrivateFiles.read(keyFile).strip());
            if (key.length != KEY_BYTES) {
                throw new IllegalArgumentException("it has " + key.length + " bytes instead of " + KEY_BYTES);
            }
            return new CredentialSeal(keyFile, key);
        } catch (IOException e) {
            throw new SealException(
                    "Tried to read or make the key file " + keyFile + " but that failed: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new SealException(
                    "The key file " + keyFile + " is damaged: " + e.getMessage()
                            + "; restore it, or remove it and seal the credentials anew.",
                    e);
        }
    }

    private static void make(Path file) throws IOException {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        PrivateFiles.makeFolder(PrivateFiles.folderOf(file));
        PrivateFiles.write(file, Base64.getEncoder().encodeToString(key) + "\n");
        LOG.info("The key for sealing credentials was made in {}.", file);
    }

    /** {@code sealed:BASE64}, to be put into the configuration; another text every time. */
    public String seal(String secret) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] hidden = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(secret.getBytes(StandardCharsets.UTF_8));
            byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + hidden.length);
            System.arraycopy(hidden, 0, all, NONCE_BYTES, hidden.length);
            return MARK + Base64.getEncoder().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java cannot do AES-256-GCM.", e);
        }
    }

    /**
     * What a configuration has: opened when sealed; a plain one is taken with a warning that tells how to seal it.
     *
     * @param setting the name of the setting, for the sentence
     * @param value empty stays empty
     * @throws SealException when it was sealed with another key or is damaged
     */
    public SealedSecret unseal(String setting, String value) throws SealException {
        if (!value.startsWith(MARK)) {
            if (!value.isEmpty()) {
                LOG.warn(
                        "The setting {} has a secret in plain text; seal it with the command 'relay:seal' and configure the"
                                + " answer, which begins with 'sealed:'.",
                        setting);
            }
            return SealedSecret.of(value);
        }
        try {
            byte[] all =
                    Base64.getDecoder().decode(value.substring(MARK.length()).strip());
            byte[] nonce = Arrays.copyOf(all, NONCE_BYTES);
            byte[] plain =
                    cipher(Cipher.DECRYPT_MODE, nonce).doFinal(all, NONCE_BYTES, Math.max(0, all.length - NONCE_BYTES));
            return SealedSecret.of(new String(plain, StandardCharsets.UTF_8));
        } catch (AEADBadTagException e) {
            throw new SealException(
                    "The sealed value of " + setting + " cannot be opened with the key file " + file
                            + "; it was sealed on another node or is damaged. Seal it anew on this node.",
                    e);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new SealException(
                    "The sealed value of " + setting
                            + " is not what 'relay:seal' gives; copy all of it, or seal it anew.",
                    e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(PURPOSE);
        return cipher;
    }
}
