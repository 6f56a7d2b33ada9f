package io.espalier.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.testkit.program.RequiresProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
class RegistryServerTest {
    private static final int KIB = 1024;

    @TempDir
    private Path folder;

    @Test
    void keepsAddressAndImagesOverARestart() {
        SampleImage image = SampleImages.oci(1, 10 * KIB, 20 * KIB);
        try (RegistryServer registry = RegistryServer.in(folder).start()) {
            ImagePusher client = ImagePusher.to(registry.uri());
            client.push(image, "team/app", "1");
            registry.kill();
            registry.start();
            assertThat(client.digestOf("team/app", "1")).isEqualTo(image.digest());
            SampleBlob layer = image.layers().get(1);
            assertThat(client.readBlob("team/app", layer.digest())).isEqualTo(layer.digest() + " " + layer.size());
        }
    }

    @Test
    void collectsBlobsThatNoManifestNeeds() {
        SampleBlob blob = SampleBlob.random("application/octet-stream", 7, 10 * KIB);
        try (RegistryServer registry = RegistryServer.in(folder).start()) {
            ImagePusher client = ImagePusher.to(registry.uri());
            client.push(SampleImages.oci(1, KIB), "app", "1");
            client.pushBlob(blob, "app");
            assertThat(registry.garbageCollect()).anyMatch(line -> line.contains(blob.digest()));
            assertThat(client.readBlob("app", blob.digest())).isNotEqualTo(blob.digest() + " " + blob.size());
        }
    }

    @Test
    void letsOnlyTheUserIn() {
        try (RegistryServer registry =
                RegistryServer.in(folder).withUser("ann", "secret").start()) {
            ImagePusher stranger = ImagePusher.to(registry.uri());
            assertThat(stranger.request("GET", "/v2/", Map.of()).status()).isEqualTo(401);
            stranger.as("ann", "secret").push(SampleImages.oci(1, KIB), "app", "1");
            String image = "docker://" + registry.host() + "/app:1";
            assertThat(Skopeo.plain().fromAs("ann", "secret").digest(image))
                    .isEqualTo(SampleImages.oci(1, KIB).digest());
            assertThatThrownBy(() -> Skopeo.plain().fromAs("ann", "wrong").digest(image))
                    .isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void trustsItsTokenServerAlone() {
        SampleImage image = SampleImages.docker(3, KIB);
        try (TokenServer tokens = TokenServer.start();
                RegistryServer registry =
                        RegistryServer.in(folder).withTokens(tokens).start()) {
            tokens.requireLogin("ann", "secret");
            assertThat(ImagePusher.to(registry.uri())
                            .request("GET", "/v2/app/tags/list", Map.of())
                            .header("WWW-Authenticate"))
                    .contains(tokens.realm().toString());
            Path file = writeDockerSave(image);
            String name = "docker://" + registry.host() + "/app:1";
            Skopeo.plain().toAs("ann", "secret").copy("docker-archive:" + file, name);
            assertThat(Skopeo.plain().fromAs("ann", "secret").digest(name)).startsWith("sha256:");
            assertThat(tokens.issued())
                    .anyMatch(token -> token.scopes().contains("repository:app:pull,push"))
                    .allMatch(token -> token.authorization().startsWith("Basic "));
        }
    }

    @Test
    void speaksTlsOfAPrivateAuthority() throws Exception {
        TestAuthority authority = TestAuthority.named("private");
        SampleImage image = SampleImages.index(SampleImages.oci(4, KIB), SampleImages.ociFor("linux/arm64", 5, KIB));
        try (RegistryServer registry =
                RegistryServer.in(folder.resolve("registry")).withTls(authority).start()) {
            ImagePusher.to(registry.uri()).trusting(authority).push(image, "app", "1");
            String name = "docker://" + registry.host() + "/app:1";
            Path trusted = Files.createDirectories(folder.resolve("trusted"));
            authority.writeTo(trusted.resolve("ca.crt"));
            assertThat(Skopeo.trusting(trusted).digest(name)).isEqualTo(image.digest());
            Path none = Files.createDirectories(folder.resolve("none"));
            assertThatThrownBy(() -> Skopeo.trusting(none).digest(name)).hasMessageContaining("x509");
        }
    }

    @Test
    void tellsListenersWithTheirHeaders() throws Exception {
        try (NotificationSink sink = NotificationSink.start();
                RegistryServer registry = RegistryServer.in(folder)
                        .notifying(sink.uri(), Map.of("Authorization", "Bearer sesame"))
                        .start()) {
            SampleImage image = SampleImages.oci(6, KIB);
            ImagePusher.to(registry.uri()).push(image, "app", "1");
            assertThat(sink.awaitBody("\"tag\":\"1\"")).contains(image.digest());
            assertThat(sink.authorizations()).containsOnly("Bearer sesame");
        }
    }

    @Test
    void skopeoTakesWhatImageFilesWrites() throws Exception {
        SampleImage image = SampleImages.index(
                SampleImages.oci(8, 3 * KIB), SampleImages.index(SampleImages.ociFor("linux/arm64", 9, KIB)));
        SampleImage flat = SampleImages.index(SampleImages.oci(8, 3 * KIB), SampleImages.ociFor("linux/s390x", 2, 1));
        try (RegistryServer registry =
                RegistryServer.in(folder.resolve("registry")).start()) {
            String name = "docker://" + registry.host() + "/app:";
            Path layout = ImageFiles.ociLayout(flat, "1", folder.resolve("layout"));
            Path tar = ImageFiles.ociTar(flat, "1", folder.resolve("image.tar"));
            Skopeo.plain().copy("oci:" + layout + ":1", name + "folder");
            Skopeo.plain().copy("oci-archive:" + tar, name + "tar");
            ImagePusher.to(registry.uri()).push(image, "app", "nested");
            assertThat(Skopeo.plain().digest(name + "folder")).isEqualTo(flat.digest());
            assertThat(Skopeo.plain().digest(name + "tar")).isEqualTo(flat.digest());
            assertThat(Skopeo.plain().digest(name + "nested")).isEqualTo(image.digest());
        }
    }

    private Path writeDockerSave(SampleImage image) {
        try {
            return ImageFiles.dockerSave(image, "app:1", folder.resolve("save.tar"));
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }
}
