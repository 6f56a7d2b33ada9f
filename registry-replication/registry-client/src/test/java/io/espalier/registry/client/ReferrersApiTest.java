package io.espalier.registry.client;

import static io.espalier.registry.client.Given.APP;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.content.MediaTypes;
import io.espalier.registry.name.Digest;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.FrontProxy;
import io.espalier.testkit.registry.FrontProxy.Reply;
import io.espalier.testkit.registry.ProxyRules;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that keeps the list of referrers itself (OCI distribution 1.1); the proxy adds that to docker-registry 2.8. */
@RequiresProgram("docker-registry")
class ReferrersApiTest {
    private static final SampleImage SUBJECT = SampleImages.oci(1, 1000);
    private static final SampleImage FIRST = SampleImages.referrer(SUBJECT, "application/spdx+json", 2, 10);
    private static final SampleImage SECOND = SampleImages.referrer(SUBJECT, "application/x.signature", 3, 10);

    @TempDir
    private Path folder;

    @Test
    void readsEveryPageOnce() throws Exception {
        try (RegistryServer registry = RegistryServer.in(folder).start();
                FrontProxy proxy = FrontProxy.to(registry.uri());
                RegistryClient client = Given.client(proxy.uri())) {
            String path = "/v2/" + APP + "/referrers/" + SUBJECT.digest();
            proxy.rule(ProxyRules.reply(request -> request.target().endsWith(path + "?last=1"), page(SECOND, "")));
            proxy.rule(ProxyRules.reply(
                    request -> request.target().endsWith(path), page(FIRST, "<" + path + "?last=1>; rel=\"next\"")));
            assertThat(client.referrers(APP, Digest.of(SUBJECT.digest())))
                    .extracting(descriptor -> descriptor.digest().toString())
                    .containsExactly(FIRST.digest(), SECOND.digest());
            assertThat(proxy.requests()).hasSize(2);
        }
    }

    @Test
    void leavesTheListToARegistryThatKeepsIt() throws Exception {
        try (RegistryServer registry = RegistryServer.in(folder).start();
                FrontProxy proxy = FrontProxy.to(registry.uri());
                RegistryClient client = Given.client(proxy.uri())) {
            proxy.rule(ProxyRules.reply(
                    request ->
                            request.method().equals("PUT") && request.target().contains("/manifests/"),
                    new Reply(201, Map.of("OCI-Subject", SUBJECT.digest()), "")));
            for (SampleBlob blob : FIRST.blobs()) {
                Given.put(client, APP, blob);
            }
            ManifestPut put = client.putManifest(APP, Digest.of(FIRST.digest()), Given.manifest(FIRST));
            assertThat(put.listing()).isEqualTo(ManifestPut.SubjectListing.BY_REGISTRY);
            assertThat(proxy.requests(request -> request.target().contains("/manifests/sha256-")))
                    .as("requests for the fallback tag")
                    .isEmpty();
        }
    }

    private static Reply page(SampleImage referrer, String link) {
        String json =
                "{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.OCI_INDEX + "\",\"manifests\":[{\"mediaType\":\""
                        + referrer.mediaType() + "\",\"digest\":\"" + referrer.digest() + "\",\"size\":"
                        + referrer.manifest().length + "}]}";
        Map<String, String> type = Map.of("Content-Type", MediaTypes.OCI_INDEX);
        return new Reply(200, link.isEmpty() ? type : Map.of("Content-Type", MediaTypes.OCI_INDEX, "Link", link), json);
    }
}
