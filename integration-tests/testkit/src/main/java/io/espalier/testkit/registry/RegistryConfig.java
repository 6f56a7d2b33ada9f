package io.espalier.testkit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.StringJoiner;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** Writes what docker-registry reads at its start. */
final class RegistryConfig {
    private static final int CHEAPEST_BCRYPT = 4;
    private static final int SALT_BYTES = 16;

    private RegistryConfig() {}

    /** The configuration as YAML; files that it names are written into the plan's folder. */
    static String yaml(RegistryPlan plan) throws IOException {
        StringJoiner yaml = new StringJoiner("\n", "", "\n");
        yaml.add("version: 0.1")
                .add("log: {level: info, fields: {service: registry}}")
                .add("storage:")
                .add("  filesystem: {rootdirectory: " + plan.folder().resolve("storage") + "}")
                .add("  delete: {enabled: " + plan.delete() + "}");
        if (plan.blobCache()) {
            yaml.add("  cache: {blobdescriptor: inmemory}");
        }
        yaml.add("http:").add("  addr: '" + plan.host() + ":" + plan.port() + "'");
        tls(plan, yaml);
        auth(plan, yaml);
        listeners(plan, yaml);
        return yaml.toString();
    }

    private static void tls(RegistryPlan plan, StringJoiner yaml) throws IOException {
        if (plan.authority() == null) {
            return;
        }
        TestAuthority.ServerFiles files = plan.authority().issue(plan.folder(), plan.host());
        yaml.add("  tls: {certificate: " + files.certificate() + ", key: " + files.key() + "}");
    }

    private static void auth(RegistryPlan plan, StringJoiner yaml) throws IOException {
        if (plan.user() != null && plan.password() != null) {
            Path file = plan.folder().resolve("htpasswd");
            Files.writeString(file, plan.user() + ":" + bcrypt(plan.password()) + "\n");
            yaml.add("auth:").add("  htpasswd: {realm: testkit, path: " + file + "}");
        }
        if (plan.tokens() != null) {
            Path roots = plan.folder().resolve("token-roots.pem");
            Files.writeString(roots, plan.tokens().certificatePem());
            yaml.add("auth:").add("  token:");
            yaml.add("    realm: " + plan.tokens().realm());
            yaml.add("    service: " + TokenServer.SERVICE);
            yaml.add("    issuer: " + TokenServer.ISSUER);
            yaml.add("    rootcertbundle: " + roots);
        }
    }

    private static void listeners(RegistryPlan plan, StringJoiner yaml) {
        if (plan.listeners().isEmpty()) {
            return;
        }
        yaml.add("notifications:").add("  endpoints:");
        int number = 0;
        for (RegistryPlan.Listener listener : plan.listeners()) {
            yaml.add("    - name: listener-" + number++);
            yaml.add("      url: " + listener.uri());
            yaml.add("      timeout: 2s");
            yaml.add("      threshold: 5");
            yaml.add("      backoff: 1s");
            if (!listener.headers().isEmpty()) {
                yaml.add("      headers:");
            }
            for (Map.Entry<String, String> header : listener.headers().entrySet()) {
                yaml.add("        " + header.getKey() + ": ['" + header.getValue() + "']");
            }
        }
    }

    private static String bcrypt(String password) {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return OpenBSDBCrypt.generate("2y", password.getBytes(UTF_8), salt, CHEAPEST_BCRYPT);
    }
}
