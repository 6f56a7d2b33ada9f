package io.espalier.registry.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestReaderTest {
    private static final String DIGEST = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String BLOB = "{'mediaType':'a/b','digest':'" + DIGEST + "','size':0}";

    @Test
    void readsAnImageAndAnIndex() throws Exception {
        SampleImage image = SampleImages.oci(1, 10, 20);
        ManifestView view = ManifestReader.read(Manifest.of(image.mediaType(), image.manifest()));
        assertThat(view).isInstanceOfSatisfying(ImageManifest.class, manifest -> {
            assertThat(manifest.layers()).hasSize(2);
            assertThat(manifest.layers().get(1).digest())
                    .hasToString(image.layers().get(1).digest());
            assertThat(manifest.blobs()).hasSize(3).last().isEqualTo(manifest.config());
            assertThat(manifest.subject()).isEmpty();
        });
        SampleImage index = SampleImages.index(image, SampleImages.index(SampleImages.ociFor("linux/arm64", 2, 1)));
        assertThat(ManifestReader.read(Manifest.of(index.mediaType(), index.manifest())))
                .isInstanceOfSatisfying(IndexManifest.class, manifest -> {
                    assertThat(manifest.manifests()).hasSize(2);
                    assertThat(manifest.manifests().get(0).platform().map(Platform::toString))
                            .contains("linux/amd64");
                });
    }

    @Test
    void readsSubjectAndTypeOfAnArtifact() throws Exception {
        SampleImage subject = SampleImages.docker(1, 1);
        SampleImage artifact = SampleImages.referrer(subject, "application/spdx+json", 2, 10);
        ManifestView view =
                ManifestReader.read(Manifest.of(artifact.mediaType() + "; charset=utf-8", artifact.manifest()));
        assertThat(view.subject().map(found -> found.digest().toString())).contains(subject.digest());
        assertThat(view.artifactType()).isEqualTo("application/spdx+json");
    }

    @Test
    void knowsForeignLayers() throws Exception {
        String foreign = "{'mediaType':'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip','digest':'" + DIGEST
                + "','size':0,'urls':['https://example.com/x']}";
        ImageManifest view = (ImageManifest) ManifestReader.read(Manifest.of(
                MediaTypes.OCI_MANIFEST,
                json("{'schemaVersion':2,'config':" + BLOB + ",'layers':[" + foreign + "," + BLOB + "]}")));
        assertThat(view.layers()).extracting(Descriptor::isForeign).containsExactly(true, false);
    }

    @Test
    void refusesSchema1ByTypeAndByContent() {
        for (String type : new String[] {MediaTypes.DOCKER_SCHEMA1, MediaTypes.DOCKER_SCHEMA1_SIGNED}) {
            assertRefused(type, "{}", ErrorCode.UNSUPPORTED_MANIFEST, "schema 1");
        }
        assertRefused(MediaTypes.DOCKER_MANIFEST, "{'schemaVersion':1}", ErrorCode.UNSUPPORTED_MANIFEST, "schema 1");
    }

    @Test
    void refusesKindsThatRegistriesDoNotTake() {
        assertRefused(MediaTypes.OCI_ARTIFACT, "{}", ErrorCode.UNSUPPORTED_MANIFEST, "draft of OCI 1.1");
        assertRefused("text/html", "<html>", ErrorCode.UNSUPPORTED_MANIFEST, "text/html");
        assertRefused("", "{}", ErrorCode.UNSUPPORTED_MANIFEST, "media type");
    }

    @Test
    void refusesMoreThanRegistriesTake() {
        String large = "{'schemaVersion':2,'x':'" + "y".repeat(Manifest.MOST_BYTES) + "'}";
        assertRefused(MediaTypes.OCI_MANIFEST, large, ErrorCode.TOO_LARGE, "4194304");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "|JSON",
                "{|JSON",
                "[]|no JSON object",
                "null|no JSON object",
                "{}|schemaVersion",
                "{'schemaVersion':2}|config",
                "{'schemaVersion':2,'config':BLOB}|layers",
                "{'schemaVersion':2,'config':BLOB,'layers':{}}|layers",
                "{'schemaVersion':2,'config':BLOB,'layers':[7]}|layers[0]",
                "{'schemaVersion':2,'config':BLOB,'layers':[],'manifests':[]}|image and of an index",
                "{'schemaVersion':2,'schemaVersion':2,'config':BLOB,'layers':[]}|Duplicate",
                "{'schemaVersion':2,'config':BLOB,'layers':[]} {}|JSON",
                "{'schemaVersion':2,'mediaType':'a/b','config':BLOB,'layers':[]}|was sent as",
                "{'schemaVersion':2,'mediaType':7,'config':BLOB,'layers':[]}|was sent as",
                "{'schemaVersion':2,'config':{'mediaType':'a/b','digest':'sha256:12','size':1},'layers':[]}|config: Not a digest",
                "{'schemaVersion':2,'config':{'mediaType':'a/b','digest':'DIGEST','size':-1},'layers':[]}|size",
                "{'schemaVersion':2,'config':{'mediaType':'a/b','digest':'DIGEST','size':1.5},'layers':[]}|size",
                "{'schemaVersion':2,'config':{'mediaType':'a/b','digest':'DIGEST','size':99999999999999999999},'layers':[]}|size",
                "{'schemaVersion':2,'config':{'digest':'DIGEST','size':1},'layers':[]}|mediaType",
                "{'schemaVersion':2,'config':BLOB,'layers':[],'subject':5}|subject",
                "{'schemaVersion':2,'config':BLOB,'layers':[],'annotations':{'a':1}}|annotation",
            })
    void refusesWhatTwoReadersCouldUnderstandDifferently(String text, String why) {
        String json = text == null ? "" : text.replace("BLOB", BLOB).replace("DIGEST", DIGEST);
        assertRefused(MediaTypes.OCI_MANIFEST, json, ErrorCode.MANIFEST_INVALID, why);
    }

    @Test
    void refusesDeepNesting() {
        assertRefused(MediaTypes.OCI_MANIFEST, "[".repeat(100_000), ErrorCode.MANIFEST_INVALID, "JSON");
    }

    private static void assertRefused(String type, String text, ErrorCode code, String why) {
        Manifest manifest = Manifest.of(type, json(text));
        RegistryException refusal = catchThrowableOfType(RegistryException.class, () -> ManifestReader.read(manifest));
        assertThat(refusal).as(text.substring(0, Math.min(80, text.length()))).isNotNull();
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.retryable()).isFalse();
        assertThat(refusal)
                .hasMessageContaining(why)
                .hasMessageContaining(manifest.digest().hex());
    }

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(UTF_8);
    }
}
