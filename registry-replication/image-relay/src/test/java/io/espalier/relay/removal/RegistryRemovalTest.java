package io.espalier.relay.removal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.FrontProxy;
import io.espalier.testkit.registry.FrontProxy.Received;
import io.espalier.testkit.registry.FrontProxy.Reply;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.ProxyRules;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes when the registry's answers do not fit together, or somebody else writes there meanwhile. */
@RequiresProgram("docker-registry")
@Timeout(120)
class RegistryRemovalTest {
    private static final String APP = "team/app";
    private static final RepositoryName REPOSITORY = RepositoryName.of(APP);
    private static final SampleImage IMAGE = SampleImages.oci(1, 1_000);
    private static final SampleImage LOCAL = SampleImages.oci(2, 1_000);

    @TempDir
    private Path folder;

    private RegistryServer server;
    private FrontProxy proxy;
    private RegistryClient client;
    private RegistryRemoval removal;
    private ImagePusher oracle;

    @BeforeEach
    void start() throws Exception {
        server = RegistryServer.in(folder).start();
        proxy = FrontProxy.to(server.uri());
        client = RegistryClient.of(RegistryEndpoint.allowingPlainHttp(proxy.uri()));
        removal = new RegistryRemoval(client);
        oracle = ImagePusher.to(server.uri());
        oracle.push(IMAGE, APP, "1.0");
    }

    @AfterEach
    void stop() {
        client.close();
        proxy.close();
        server.close();
    }

    private RemovalPlan plan(SampleImage... manifests) throws RegistryException {
        return plan(Map.of(TagName.of("1.0"), digest(IMAGE)), manifests);
    }

    private RemovalPlan plan(Map<TagName, Digest> tags, SampleImage... manifests) throws RegistryException {
        List<Digest> digests =
                Arrays.stream(manifests).map(RegistryRemovalTest::digest).toList();
        return removal.plan(REPOSITORY, tags, digests, Set.of());
    }

    private RegistryException failure(RemovalPlan plan) {
        RegistryException failure =
                catchThrowableOfType(RegistryException.class, () -> removal.carryOut(REPOSITORY, plan));
        assertThat(failure).as("a removal that must not be carried out").isNotNull();
        assertThat(failure.retryable()).isTrue();
        return failure;
    }

    private static Digest digest(SampleImage image) {
        return Digest.of(image.digest());
    }

    private static Predicate<Received> asks(String method, String reference) {
        return request -> request.method().equals(method) && request.target().endsWith("/manifests/" + reference);
    }

    private void assertTag(String tag, SampleImage image) {
        assertThat(oracle.digestOf(APP, tag)).as("tag " + tag).isEqualTo(image.digest());
    }

    @Test
    void nothingGoesWhenTheListOfTagsLacksTheTagItself() throws Exception {
        oracle.push(IMAGE, APP, "stable");
        proxy.rule(ProxyRules.reply(
                request -> request.target().contains("/tags/list"), new Reply(200, Map.of(), "{\"tags\":[\"9\"]}")));

        RemovalPlan plan = plan(IMAGE);

        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.doubtful()).isTrue();
        assertThat(plan.kept()).singleElement().asString().contains("does not name 1.0");
    }

    @Test
    void nothingIsPlannedFromAListThatWasCut() throws Exception {
        oracle.push(IMAGE, APP, "stable");
        String list = "/v2/" + APP + "/tags/list";
        proxy.rule(ProxyRules.fail(request -> request.target().contains("last="), 404, 1));
        proxy.rule(ProxyRules.reply(
                request -> request.target().startsWith(list),
                new Reply(200, Map.of("Link", "<" + list + "?last=1.0>; rel=\"next\""), "{\"tags\":[\"1.0\"]}")));

        RegistryException failure = catchThrowableOfType(RegistryException.class, () -> plan(IMAGE));

        assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void aTagThatCannotBeReadOnceIsAskedForAgainAndKeepsItsManifest() throws Exception {
        oracle.push(IMAGE, APP, "stable");
        proxy.rule(ProxyRules.fail(asks("HEAD", "stable"), 404, 1));

        RemovalPlan plan = plan(IMAGE);

        assertThat(plan.manifests()).isEmpty();
        assertThat(plan.sharing()).containsOnlyKeys(TagName.of("stable"));
        removal.carryOut(REPOSITORY, plan);
        assertThat(oracle.digestOf(APP, "1.0")).isEmpty();
        assertTag("stable", IMAGE);
    }

    @Test
    void nothingGoesWithAManifestWhileATagIsListedButCannotBeRead() throws Exception {
        oracle.push(IMAGE, APP, "stable");
        proxy.rule(ProxyRules.fail(asks("HEAD", "stable"), 404, 100));

        RemovalPlan plan = plan(IMAGE);

        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.doubtful()).isTrue();
        assertThat(plan.kept()).singleElement().asString().contains("Tag stable is listed but cannot be read");
        assertThat(plan().tags()).as("the tag alone harms nobody").containsOnlyKeys(TagName.of("1.0"));
    }

    @Test
    void nothingGoesWhileAnIndexThatStaysOrOneInItCannotBeRead() throws Exception {
        SampleImage inner = SampleImages.index(IMAGE);
        SampleImage outer = SampleImages.index(inner, LOCAL);
        oracle.push(outer, APP, "all");
        for (SampleImage hidden : List.of(outer, inner)) {
            proxy.heal();
            proxy.rule(ProxyRules.fail(asks("GET", hidden.digest()), 404, 1));

            RemovalPlan plan = plan(IMAGE);

            assertThat(plan.isEmpty()).isTrue();
            assertThat(plan.doubtful()).isTrue();
            assertThat(plan.kept())
                    .singleElement()
                    .asString()
                    .contains(hidden.digest())
                    .contains("does not give it");
        }
        proxy.rule(ProxyRules.fail(asks("GET", LOCAL.digest()), 404, 1));
        RemovalPlan plan = plan(IMAGE);
        assertThat(plan.tags()).as("an image of a platform may be absent").containsOnlyKeys(TagName.of("1.0"));
        assertThat(plan.manifests()).isEmpty();
    }

    @Test
    void aTagThatPointsElsewhereLeavesNoDoubt() throws Exception {
        oracle.push(LOCAL, APP, "1.0");

        RemovalPlan plan = plan(IMAGE);

        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.doubtful()).isFalse();
    }

    @Test
    void nothingGoesWhenWhatMustBeRestoredCannotBeReadBefore() throws Exception {
        oracle.push(IMAGE, APP, "stable");
        RemovalPlan plan = plan();
        proxy.rule(ProxyRules.fail(asks("GET", IMAGE.digest()), 404, 1));

        assertThat(failure(plan)).hasMessageContaining("nothing was deleted");

        assertTag("1.0", IMAGE);
    }

    @Test
    void nothingGoesWhenAnotherTagAppearedSinceThePlan() throws Exception {
        RemovalPlan plan = plan(IMAGE);
        assertThat(plan.manifests()).containsExactly(digest(IMAGE));
        oracle.push(IMAGE, APP, "hotfix");

        assertThat(failure(plan)).hasMessageContaining("Tag hotfix").hasMessageContaining("has come since");

        assertTag("hotfix", IMAGE);
        assertTag("1.0", IMAGE);
        assertThat(plan(IMAGE).manifests()).as("planned anew").isEmpty();
    }

    @Test
    void nothingGoesWhenATagWasMovedSinceThePlan() throws Exception {
        oracle.push(LOCAL, APP, "stable");
        RemovalPlan plan = plan(IMAGE);
        RemovalPlan untag = plan();
        oracle.push(IMAGE, APP, "stable");
        assertThat(failure(plan)).hasMessageContaining("Tag stable");
        assertTag("stable", IMAGE);

        oracle.push(LOCAL, APP, "1.0");
        assertThat(failure(untag)).hasMessageContaining("Tag 1.0");
        assertTag("1.0", LOCAL);
    }

    @Test
    void nothingGoesWhenTheListIsNotToBeTrustedAtTheLastLook() throws Exception {
        RemovalPlan plan = plan(IMAGE);
        oracle.push(IMAGE, APP, "hotfix");
        proxy.rule(ProxyRules.fail(request -> request.target().contains("/tags/list"), 404, 1));

        assertThat(failure(plan)).hasMessageContaining("names none of [1.0]");

        assertTag("hotfix", IMAGE);
    }

    @Test
    void aTagThatMovesWhileOtherManifestsGoIsNotDeleted() throws Exception {
        SampleImage child = SampleImages.oci(3, 1_000);
        SampleImage index = SampleImages.index(child);
        oracle.push(index, APP, "1.0");
        RemovalPlan plan = plan(Map.of(TagName.of("1.0"), digest(index)), child, index);
        proxy.rule(request -> {
            if (asks("DELETE", child.digest()).test(request)) {
                oracle.push(LOCAL, APP, "1.0");
            }
            return Optional.empty();
        });

        assertThat(failure(plan)).hasMessageContaining(LOCAL.digest());

        assertTag("1.0", LOCAL);
        assertThat(oracle.digestOf(APP, index.digest())).isEqualTo(index.digest());
    }

    @Test
    void signaturesOfAnImageThatStaysStayAndOfOneThatGoesGo() throws Exception {
        SampleImage signature = SampleImages.cosignSignature(IMAGE);
        SampleImage bill = SampleImages.referrer(IMAGE, "application/spdx+json", 4, 100);
        SampleImage billSignature = SampleImages.cosignSignature(bill);
        TagName signed = TagName.of(SampleImages.signatureTag(IMAGE));
        TagName billSigned = TagName.of(SampleImages.signatureTag(bill));
        oracle.push(signature, APP, signed.value());
        oracle.pushUntagged(bill, APP);
        oracle.push(billSignature, APP, billSigned.value());
        oracle.push(IMAGE, APP, "prod");
        Map<TagName, Digest> tags = new LinkedHashMap<>();
        tags.put(billSigned, digest(billSignature));
        tags.put(signed, digest(signature));
        tags.put(TagName.of("1.0"), digest(IMAGE));
        SampleImage[] manifests = {billSignature, signature, bill, IMAGE};

        assertThat(plan(tags).tags()).as("without any manifest").doesNotContainKey(signed);
        RemovalPlan plan = plan(tags, manifests);
        assertThat(plan.tags()).containsOnlyKeys(TagName.of("1.0"));
        assertThat(plan.manifests()).isEmpty();
        assertThat(plan.kept()).anyMatch(sentence -> sentence.startsWith("Tag " + signed + " stays"));
        removal.carryOut(REPOSITORY, plan);
        assertThat(oracle.digestOf(APP, "1.0")).isEmpty();
        assertTag(signed.value(), signature);
        assertTag(billSigned.value(), billSignature);

        tags.remove(TagName.of("1.0"));
        tags.put(TagName.of("prod"), digest(IMAGE));
        RemovalPlan last = plan(tags, manifests);
        assertThat(last.tags()).containsOnlyKeys(billSigned, signed, TagName.of("prod"));
        removal.carryOut(REPOSITORY, last);
        assertThat(client.tags(REPOSITORY)).isEmpty();
        assertThat(oracle.digestOf(APP, bill.digest())).isEmpty();
    }

    @Test
    void whatAReferrerThatStaysNamesStays() throws Exception {
        SampleImage child = SampleImages.oci(5, 1_000);
        SampleImage plain = SampleImages.index(child);
        String subject = "{\"subject\":{\"mediaType\":\"" + IMAGE.mediaType() + "\",\"digest\":\"" + IMAGE.digest()
                + "\",\"size\":" + IMAGE.manifestSize() + "},";
        SampleImage referrer = new SampleImage(
                plain.mediaType(),
                subject + plain.json().substring(1),
                List.of(),
                List.of(),
                List.of(),
                List.of(child),
                "",
                "");
        oracle.pushUntagged(referrer, APP);
        oracle.push(IMAGE, APP, "prod");

        RemovalPlan plan = plan(child, referrer, IMAGE);

        assertThat(plan.tags()).containsOnlyKeys(TagName.of("1.0"));
        assertThat(plan.manifests()).isEmpty();
        assertThat(plan.kept()).anyMatch(sentence -> sentence.contains(child.digest()));
    }
}
