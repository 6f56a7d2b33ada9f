package io.espalier.registry.client;

import static io.espalier.registry.client.Given.APP;
import static io.espalier.registry.client.Given.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.MediaTypes;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.TagName;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.FrontProxy;
import io.espalier.testkit.registry.FrontProxy.Received;
import io.espalier.testkit.registry.FrontProxy.Reply;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.ProxyRules;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that are not what was asked for. */
@RequiresProgram("docker-registry")
@Timeout(120)
class WrongAnswersTest extends RegistryRig {
    private static final SampleImage IMAGE = SampleImages.oci(1, 100_000);

    @Test
    void takesAnAnswerToARangeFromTheStart() throws Exception {
        oracle.push(IMAGE, APP.value(), "1");
        SampleBlob config = IMAGE.config().get(0);
        String text = new String(config.bytes(), java.nio.charset.StandardCharsets.UTF_8);
        try (FrontProxy proxy = FrontProxy.to(registry.uri())
                        .rule(ProxyRules.reply(Received::readsBlob, new Reply(200, Map.of(), text)));
                RegistryClient client = Given.client(proxy.uri());
                InputStream in = client.openBlob(APP, Digest.of(config.digest()), 10, 20)) {
            assertThat(in.readAllBytes())
                    .isEqualTo(text.substring(10, 20).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            assertThat(Given.presence(client, config)).isEqualTo(BlobPresence.PROVED);
        }
        try (FrontProxy proxy = FrontProxy.to(registry.uri())
                        .rule(ProxyRules.reply(
                                Received::readsBlob,
                                new Reply(206, Map.of("Content-Range", "bytes 0-9/" + config.size()), "0123456789")));
                RegistryClient client = Given.client(proxy.uri())) {
            failure(ErrorCode.PROTOCOL, () -> client.openBlob(APP, Digest.of(config.digest()), 10, 20));
            assertThat(Given.presence(client, config)).isEqualTo(BlobPresence.CLAIMED_BUT_BROKEN);
        }
    }

    @Test
    void refusesManifestsThatAreNotWhatTheirNameSays() throws Exception {
        oracle.push(IMAGE, APP.value(), "1");
        Digest digest = Digest.of(IMAGE.digest());
        try (FrontProxy proxy = FrontProxy.to(registry.uri());
                RegistryClient client = Given.client(proxy.uri())) {
            answerManifests(proxy, MediaTypes.OCI_MANIFEST, "{\"schemaVersion\":2}");
            assertThat(failure(ErrorCode.DIGEST_MISMATCH, () -> client.manifest(APP, digest)))
                    .hasMessageContaining(digest.toString());
            answerManifests(proxy, MediaTypes.DOCKER_SCHEMA1_SIGNED, "{\"schemaVersion\":1}");
            assertThat(failure(ErrorCode.UNSUPPORTED_MANIFEST, () -> client.manifest(APP, TagName.of("1"))))
                    .hasMessageContaining("schema 1")
                    .hasMessageContaining(APP + ":1");
            answerManifests(proxy, "text/html", "<html>log in here</html>");
            failure(ErrorCode.UNSUPPORTED_MANIFEST, () -> client.manifest(APP, TagName.of("1")));
            answerManifests(proxy, MediaTypes.OCI_MANIFEST, "x".repeat(Manifest.MOST_BYTES + 1));
            assertThat(failure(ErrorCode.TOO_LARGE, () -> client.manifest(APP, TagName.of("1"))))
                    .hasMessageContaining("team/app:1");
        }
    }

    private static void answerManifests(FrontProxy proxy, String type, String body) {
        proxy.heal();
        proxy.rule(ProxyRules.reply(
                request -> request.target().contains("/manifests/"),
                new Reply(200, Map.of("Content-Type", type), body)));
    }

    @Test
    void aListWhoseLaterPageIsMissingIsNotTakenForAWholeOne() throws Exception {
        String list = "/v2/" + APP + "/tags/list";
        try (FrontProxy proxy = FrontProxy.to(registry.uri());
                RegistryClient client = Given.client(proxy.uri())) {
            assertThat(client.tags(APP)).as("those of no repository").isEmpty();
            proxy.rule(ProxyRules.fail(request -> request.target().contains("last=1"), 404, 1));
            proxy.rule(ProxyRules.reply(
                    request -> request.target().startsWith(list),
                    new Reply(200, Map.of("Link", "<" + list + "?last=1>; rel=\"next\""), "{\"tags\":[\"1\"]}")));

            assertThat(failure(ErrorCode.NOT_FOUND, () -> client.tags(APP))).hasMessageContaining("tags of " + APP);
        }
    }

    @Test
    void followsPagesAndStopsAtACircle() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            oracle.push(SampleImages.oci(1, 1), name, "1");
        }
        try (FrontProxy proxy = FrontProxy.to(registry.uri());
                RegistryClient client = Given.client(proxy.uri())) {
            proxy.rule(request -> {
                if (!request.target().startsWith("/v2/_catalog")) {
                    return java.util.Optional.empty();
                }
                ImagePusher.Answer page = oracle.request("GET", request.target().replace("n=1000", "n=1"), Map.of());
                return java.util.Optional.of(new Reply(
                        200,
                        page.header("Link").isEmpty() ? Map.of() : Map.of("Link", page.header("Link")),
                        page.text()));
            });
            assertThat(client.repositories()).hasToString("[a, b, c]");
            proxy.rule(ProxyRules.reply(
                    request -> request.target().contains("/tags/"),
                    new Reply(
                            200,
                            Map.of("Link", "</v2/a/tags/list?n=1000>; rel=\"next\""),
                            "{\"tags\":[\"1\",\"../x\",null]}")));
            assertThat(client.tags(io.espalier.registry.name.RepositoryName.of("a")))
                    .extracting(TagName::value)
                    .contains("1")
                    .doesNotContain("../x");
        }
    }
}
