package io.espalier.registry.client;

import static io.espalier.registry.client.Given.APP;
import static io.espalier.registry.client.Given.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.FrontProxy;
import io.espalier.testkit.registry.FrontProxy.Reply;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.ProxyRules;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What may be deleted elsewhere since a registry does not have it. */
@RequiresProgram("docker-registry")
@Timeout(60)
class AbsenceTest {
    private static final SampleImage IMAGE = SampleImages.oci(1, 1_000);

    @TempDir
    private Path folder;

    @Test
    void aManifestIsAbsentOnlyInTheRegistrysOwnWords() throws Exception {
        try (RegistryServer registry = RegistryServer.in(folder).start();
                FrontProxy proxy = FrontProxy.to(registry.uri());
                RegistryClient client = Given.client(proxy.uri())) {
            ImagePusher.to(registry.uri()).push(IMAGE, APP.value(), "1");
            assertThat(client.isAbsent(APP, TagName.of("1"))).isFalse();
            assertThat(client.isAbsent(APP, Digest.of(IMAGE.digest()))).isFalse();
            assertThat(client.isAbsent(APP, TagName.of("2"))).isTrue();
            assertThat(client.isAbsent(APP, Digest.sha256(new byte[1]))).isTrue();
            assertThat(client.isAbsent(RepositoryName.of("no/such"), TagName.of("1")))
                    .isTrue();

            for (String body : List.of(
                    "", "not found", "<html>404</html>", "{}", "[]", "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}")) {
                proxy.heal();
                proxy.rule(ProxyRules.reply(
                        request -> request.target().contains("/manifests/"), new Reply(404, Map.of(), body)));
                assertThat(failure(ErrorCode.PROTOCOL, () -> client.isAbsent(APP, TagName.of("1"))))
                        .hasMessageContaining("404 not as a registry does");
            }
        }
    }

    @Test
    void aListThatIsNoneIsNoEmptyList() throws Exception {
        try (RegistryServer registry = RegistryServer.in(folder).start();
                FrontProxy proxy = FrontProxy.to(registry.uri());
                RegistryClient client = Given.client(proxy.uri())) {
            assertThat(client.repositories()).isEmpty();
            proxy.rule(ProxyRules.reply(
                    request -> request.target().contains("/_catalog"), new Reply(404, Map.of(), "no such page")));
            failure(ErrorCode.NOT_FOUND, client::repositories);

            for (String body : List.of("[]", "{}", "{\"tags\":\"none\"}", "\"tags\"", "")) {
                proxy.heal();
                proxy.rule(ProxyRules.reply(
                        request -> request.target().contains("/tags/"), new Reply(200, Map.of(), body)));
                failure(ErrorCode.PROTOCOL, () -> client.tags(APP));
            }
            proxy.heal();
            proxy.rule(ProxyRules.reply(
                    request -> request.target().contains("/tags/"), new Reply(200, Map.of(), "{\"tags\":null}")));
            assertThat(client.tags(APP)).isEmpty();
        }
    }
}
