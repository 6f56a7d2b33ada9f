package io.espalier.relay.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.node.SettingsReader;
import io.espalier.relay.node.StatusText;
import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.seal.CredentialSeal;
import io.espalier.relay.seal.SealException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The shell's {@code relay:} commands; they are there also when the relay could not start, so that a password can be sealed. */
@Component(
        service = RelayCommands.class,
        property = {
            "osgi.command.scope=relay",
            "osgi.command.function=status",
            "osgi.command.function=resume",
            "osgi.command.function=seal"
        })
public final class RelayCommands {
    private static final String RESUME = "relay:resume [REPOSITORY:TAG]";
    private static final String AWAY = "The relay does not run; the log or plugin:explain says why.";
    private static final String SEAL = "relay:seal FILE";
    private static final int MAX_SECRET_BYTES = 4096;

    private final Path folder;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable RelayComponent relay;

    /** Commands of this kernel's relay. */
    @Activate
    public RelayCommands(BundleContext context) {
        folder = Path.of(Objects.requireNonNullElse(context.getProperty("espalier.data"), "data"))
                .resolve("relay");
    }

    /** {@code relay:status}: the link to the master, transfers and feeds. */
    public String status() {
        RelayComponent running = relay;
        return running == null ? AWAY : StatusText.of(running.status(), Instant.now());
    }

    /** {@code relay:resume [REPOSITORY:TAG]}: ends a pause of this node, or all, whoever asked for it and also without the master. */
    public String resume(String... words) {
        requireNonNull(words, "words is null");
        if (words.length > 1) {
            throw new IllegalArgumentException("The command takes one image at most; write " + RESUME + ".");
        }
        RelayComponent running = relay;
        if (running == null) {
            throw new IllegalStateException(AWAY);
        }
        ActAnswer answer = running.resume(words.length == 0 ? "" : words[0]);
        if (!answer.done()) {
            throw new IllegalStateException(answer.text());
        }
        return answer.text();
    }

    /** {@code relay:seal FILE}: seals the password that is the first line of the file, for the settings registry-password and, on the master, password. */
    public String seal(String... words) throws SealException, IOException {
        requireNonNull(words, "words is null");
        if (words.length != 1) {
            throw new IllegalArgumentException(
                    "The command takes one file, which holds the password; write " + SEAL + ".");
        }
        return CredentialSeal.open(SettingsReader.sealKey(folder)).seal(secret(Path.of(words[0])));
    }

    private static String secret(Path file) throws IOException {
        if (!Files.isReadable(file) || Files.size(file) > MAX_SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "Tried to read a password from " + file + " but it cannot be read or is larger than "
                            + MAX_SECRET_BYTES + " bytes; put the password alone into it.");
        }
        String secret = Files.readString(file, StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElse("");
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("The first line of " + file + " is empty; put the password there.");
        }
        return secret;
    }
}
