package io.espalier.relay.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class CredentialSealTest {
    @TempDir
    private Path folder;

    private CredentialSeal open() throws SealException {
        return CredentialSeal.open(folder.resolve("relay/credentials.key"));
    }

    @Test
    void sealedSecretIsOpenedAfterARestartAndDoesNotShowItself() throws Exception {
        String sealed = open().seal("pässword");
        assertThat(sealed).startsWith("sealed:").doesNotContain("ssword").isNotEqualTo(open().seal("pässword"));
        SealedSecret secret = open().unseal("registry-password", sealed);
        assertThat(secret.reveal()).isEqualTo("pässword");
        assertThat(secret).hasToString("***");
    }

    @Test
    void keyFileIsReadableByItsUserAloneAndRefusedElse() throws Exception {
        open();
        Path key = folder.resolve("relay/credentials.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(this::open)
                .isInstanceOf(SealException.class)
                .hasMessageContaining("can be read by others")
                .hasMessageContaining("0600");
    }

    @Test
    void secretSealedWithAnotherKeyIsExplained() throws Exception {
        String foreign = CredentialSeal.open(folder.resolve("other.key")).seal("secret");
        assertThatThrownBy(() -> open().unseal("registry-password", foreign))
                .isInstanceOf(SealException.class)
                .hasMessageContaining("registry-password")
                .hasMessageContaining("another node")
                .hasMessageNotContaining("secret\"");
    }

    @Test
    void damagedSealsAndKeysAreExplained() throws Exception {
        CredentialSeal seal = open();
        for (String damaged : new String[] {"sealed:", "sealed:AAAA", "sealed:%%%", "sealed:" + "A".repeat(60)}) {
            assertThatThrownBy(() -> seal.unseal("registry-password", damaged))
                    .as(damaged)
                    .isInstanceOf(SealException.class)
                    .hasMessageContaining("registry-password");
        }
        Files.writeString(folder.resolve("relay/credentials.key"), "short");
        assertThatThrownBy(this::open).isInstanceOf(SealException.class).hasMessageContaining("damaged");
    }

    @Test
    void plainSecretIsTakenWithOneWarningThatDoesNotShowIt() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(CredentialSeal.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            CredentialSeal seal = open();
            log.list.clear();
            assertThat(seal.unseal("registry-password", "open sesame").reveal()).isEqualTo("open sesame");
            assertThat(seal.unseal("registry-password", "").reveal()).isEmpty();
            assertThat(log.list).singleElement().satisfies(warning -> assertThat(warning.getFormattedMessage())
                    .contains("relay:seal", "registry-password")
                    .doesNotContain("sesame"));
        } finally {
            logger.detachAppender(log);
        }
    }
}
