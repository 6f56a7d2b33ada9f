package io.espalier.embedded.node;

import static io.espalier.embedded.store.StoreSamples.APP;
import static io.espalier.embedded.store.StoreSamples.OTHER;
import static io.espalier.embedded.store.StoreSamples.digest;
import static io.espalier.embedded.store.StoreSamples.file;
import static io.espalier.embedded.store.StoreSamples.put;
import static io.espalier.embedded.store.StoreSamples.spoil;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the distribution specification 1.1 for "Pull" and "Content Discovery", one test for each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PullConformanceTest {
    private static final SampleImage IMAGE = SampleImages.oci(1, 100_000);
    private static final SampleImage DOCKER = SampleImages.dockerList(SampleImages.docker(2, 5_000));
    private static final SampleBlob LAYER = IMAGE.layers().get(0);
    private static final String NOWHERE = "sha256:" + "0".repeat(64);
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>; rel=\"next\"");

    @TempDir
    private static Path folder;

    private Door door;

    @BeforeAll
    void open() throws Exception {
        door = new Door(folder);
        put(door.client(), APP, IMAGE, "v1");
        put(door.client(), APP, DOCKER, "docker");
        put(door.client(), OTHER, SampleImages.withZeroByteLayer("application/vnd.acme.empty"), "v1");
        for (int i = 0; i < 25; i++) {
            put(door.client(), OTHER, IMAGE, "t" + (char) ('a' + i));
        }
    }

    @AfterAll
    void close() {
        door.close();
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private static JsonNode json(HttpResponse<byte[]> answer) throws Exception {
        return new ObjectMapper().readTree(answer.body());
    }

    private static void requireFault(HttpResponse<byte[]> answer, int status, String code) throws Exception {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
        assertThat(json(answer).at("/errors/0/code").asText()).isEqualTo(code);
        assertThat(json(answer).at("/errors/0/message").asText()).endsWith(".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/", "/v2"})
    void theRootTellsThatTheSpecificationIsKept(String path) throws Exception {
        HttpResponse<byte[]> answer = door.get(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
    }

    @Test
    void aManifestIsGivenByTagAndByDigestWithTypeAndDigest() throws Exception {
        for (String reference : List.of("v1", IMAGE.digest())) {
            HttpResponse<byte[]> answer = door.get("/v2/team/app/manifests/" + reference);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(IMAGE.manifest());
            assertThat(header(answer, "Content-Type")).isEqualTo(SampleImages.OCI_MANIFEST);
            assertThat(header(answer, "Docker-Content-Digest")).isEqualTo(IMAGE.digest());

            HttpResponse<byte[]> head = door.head("/v2/team/app/manifests/" + reference);
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            assertThat(header(head, "Content-Length")).isEqualTo("" + IMAGE.manifestSize());
            assertThat(header(head, "Content-Type")).isEqualTo(SampleImages.OCI_MANIFEST);
            assertThat(header(head, "Docker-Content-Digest")).isEqualTo(IMAGE.digest());
        }
        assertThat(header(door.get("/v2/team/app/manifests/docker"), "Content-Type"))
                .isEqualTo(SampleImages.DOCKER_LIST);
    }

    @Test
    void aBlobIsGivenWithItsLengthAndDigest() throws Exception {
        String path = "/v2/team/app/blobs/" + LAYER.digest();
        HttpResponse<byte[]> answer = door.get(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(LAYER.bytes());
        HttpResponse<byte[]> head = door.head(path);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        for (HttpResponse<byte[]> each : List.of(answer, head)) {
            assertThat(header(each, "Content-Length")).isEqualTo("" + LAYER.size());
            assertThat(header(each, "Content-Type")).isEqualTo("application/octet-stream");
            assertThat(header(each, "Docker-Content-Digest")).isEqualTo(LAYER.digest());
            assertThat(header(each, "Accept-Ranges")).isEqualTo("bytes");
        }
    }

    @Test
    void aBlobOfNoBytesIsGiven() throws Exception {
        String path = "/v2/team/app/other/blobs/"
                + SampleBlob.of("application/octet-stream", new byte[0]).digest();
        HttpResponse<byte[]> answer = door.get(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(header(door.head(path), "Content-Length")).isEqualTo("0");
        requireFault(door.get(path, "Range", "bytes=0-0"), 416, "RANGE_INVALID");
    }

    @ParameterizedTest
    @CsvSource({"0-0,0,1", "5-9,5,10", "100-,100,-1", "-7,-7,-1", "10-99999999,10,-1", "0-,0,-1"})
    void aRangeOfABlobIsGiven(String range, int first, int end) throws Exception {
        int size = (int) LAYER.size();
        int from = first < 0 ? size + first : first;
        int to = end < 0 ? size : end;
        HttpResponse<byte[]> answer = door.get("/v2/team/app/blobs/" + LAYER.digest(), "Range", "bytes=" + range);
        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(LAYER.bytes(), from, to));
        assertThat(header(answer, "Content-Range")).isEqualTo("bytes " + from + "-" + (to - 1) + "/" + size);
        assertThat(header(answer, "Content-Length")).isEqualTo("" + (to - from));
    }

    @Test
    void aRangeBeyondTheEndIsRefusedWithTheSize() throws Exception {
        for (String range : List.of("bytes=" + LAYER.size() + "-", "bytes=999999999-1000000000", "bytes=-0")) {
            HttpResponse<byte[]> answer = door.get("/v2/team/app/blobs/" + LAYER.digest(), "Range", range);
            requireFault(answer, 416, "RANGE_INVALID");
            assertThat(header(answer, "Content-Range")).isEqualTo("bytes */" + LAYER.size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-1,5-6", "lines=0-1", "bytes=9-5", "bytes=-", "bytes=a-b"})
    void aRangeThatIsNoneOrOfSeveralPartsGivesTheWhole(String range) throws Exception {
        HttpResponse<byte[]> answer = door.get("/v2/team/app/blobs/" + LAYER.digest(), "Range", range);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).hasSize((int) LAYER.size());
    }

    @Test
    void whatTheClientHasAlreadyIsNotSentAgain() throws Exception {
        for (String path : List.of("manifests/v1", "manifests/" + IMAGE.digest(), "blobs/" + LAYER.digest())) {
            String tag = header(door.get("/v2/team/app/" + path), "ETag");
            assertThat(tag).startsWith("\"sha256:");
            for (String condition : List.of(tag, "W/" + tag, "\"x\", " + tag, "*")) {
                HttpResponse<byte[]> answer = door.get("/v2/team/app/" + path, "If-None-Match", condition);
                assertThat(answer.statusCode()).isEqualTo(304);
                assertThat(header(answer, "ETag")).isEqualTo(tag);
            }
            assertThat(door.get("/v2/team/app/" + path, "If-None-Match", "\"x\"")
                            .statusCode())
                    .isEqualTo(200);
        }
        HttpResponse<byte[]> changed = door.get(
                "/v2/team/app/blobs/" + LAYER.digest(), "Range", "bytes=0-0", "If-Range", "\"" + NOWHERE + "\"");
        assertThat(changed.statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsNotThereIsToldByItsCode() throws Exception {
        requireFault(door.get("/v2/team/app/manifests/none"), 404, "MANIFEST_UNKNOWN");
        requireFault(door.get("/v2/team/app/manifests/" + NOWHERE), 404, "MANIFEST_UNKNOWN");
        requireFault(door.get("/v2/team/app/blobs/" + NOWHERE), 404, "BLOB_UNKNOWN");
        requireFault(door.get("/v2/none/manifests/v1"), 404, "NAME_UNKNOWN");
        requireFault(door.get("/v2/none/blobs/" + LAYER.digest()), 404, "NAME_UNKNOWN");
        requireFault(door.get("/v2/none/tags/list"), 404, "NAME_UNKNOWN");
        assertThat(door.head("/v2/team/app/manifests/none").statusCode()).isEqualTo(404);
        assertThat(door.head("/v2/team/app/blobs/" + NOWHERE).statusCode()).isEqualTo(404);
        assertThat(door.head("/v2/team/app/blobs/" + NOWHERE).body()).isEmpty();
    }

    @Test
    void aBlobOfAnotherRepositoryDoesNotShow() throws Exception {
        String config = DOCKER.children().get(0).config().get(0).digest();
        assertThat(door.get("/v2/team/app/blobs/" + config).statusCode()).isEqualTo(200);
        requireFault(door.get("/v2/team/app/other/blobs/" + config), 404, "BLOB_UNKNOWN");
        requireFault(door.get("/v2/team/app/other/manifests/" + DOCKER.digest()), 404, "MANIFEST_UNKNOWN");
        requireFault(door.get("/v2/team/app/blobs/" + IMAGE.digest()), 404, "BLOB_UNKNOWN");
    }

    @Test
    void tagsAreListedInOrder() throws Exception {
        JsonNode list = json(door.get("/v2/team/app/tags/list"));
        assertThat(list.path("name").asText()).isEqualTo("team/app");
        assertThat(list.path("tags").toString()).isEqualTo("[\"docker\",\"v1\"]");
    }

    @Test
    void tagsArePagedByNAndLastAndLink() throws Exception {
        List<String> all = new ArrayList<>();
        Optional<String> next = Optional.of("/v2/team/app/other/tags/list?n=10");
        int pages = 0;
        while (next.isPresent()) {
            HttpResponse<byte[]> page = door.get(next.get());
            json(page).path("tags").forEach(tag -> all.add(tag.asText()));
            Matcher link = NEXT.matcher(header(page, "Link"));
            next = link.find() ? Optional.of(link.group(1)) : Optional.empty();
            pages++;
        }
        assertThat(pages).isEqualTo(3);
        assertThat(all).hasSize(26).isSorted().doesNotHaveDuplicates();

        HttpResponse<byte[]> none = door.get("/v2/team/app/other/tags/list?n=0");
        assertThat(json(none).path("tags")).isEmpty();
        assertThat(header(none, "Link")).isEmpty();
        assertThat(json(door.get("/v2/team/app/other/tags/list?last=tx"))
                        .path("tags")
                        .toString())
                .isEqualTo("[\"ty\",\"v1\"]");
        assertThat(json(door.get("/v2/team/app/other/tags/list?last=none-such&n=2"))
                        .path("tags")
                        .toString())
                .isEqualTo("[\"ta\",\"tb\"]");
        requireFault(door.get("/v2/team/app/other/tags/list?n=-1"), 400, "PAGINATION_NUMBER_INVALID");
        requireFault(door.get("/v2/team/app/other/tags/list?n=many"), 400, "PAGINATION_NUMBER_INVALID");
    }

    @Test
    void repositoriesAreListedAndPaged() throws Exception {
        assertThat(json(door.get("/v2/_catalog")).path("repositories").toString())
                .isEqualTo("[\"team/app\",\"team/app/other\"]");
        HttpResponse<byte[]> page = door.get("/v2/_catalog?n=1");
        assertThat(json(page).path("repositories")).hasSize(1);
        assertThat(header(page, "Link")).isEqualTo("</v2/_catalog?n=1&last=team%2Fapp>; rel=\"next\"");
        assertThat(json(door.get("/v2/_catalog?n=1&last=team%2Fapp"))
                        .path("repositories")
                        .toString())
                .isEqualTo("[\"team/app/other\"]");
    }

    @Test
    void referrersAreListedAndFilteredByType() throws Exception {
        SampleImage bill = SampleImages.referrer(IMAGE, "application/vnd.acme.sbom+json", 31, 100);
        SampleImage scan = SampleImages.referrer(IMAGE, "application/vnd.acme.scan", 32, 100);
        put(door.client(), APP, bill);
        put(door.client(), APP, scan);

        HttpResponse<byte[]> all = door.get("/v2/team/app/referrers/" + IMAGE.digest());
        assertThat(all.statusCode()).isEqualTo(200);
        assertThat(header(all, "Content-Type")).isEqualTo(SampleImages.OCI_INDEX);
        assertThat(header(all, "OCI-Filters-Applied")).isEmpty();
        JsonNode index = json(all);
        assertThat(index.path("schemaVersion").asInt()).isEqualTo(2);
        assertThat(index.path("mediaType").asText()).isEqualTo(SampleImages.OCI_INDEX);
        assertThat(index.path("manifests").findValuesAsText("digest"))
                .containsExactlyInAnyOrder(bill.digest(), scan.digest());

        HttpResponse<byte[]> some = door.get(
                "/v2/team/app/referrers/" + IMAGE.digest() + "?artifactType=application%2Fvnd.acme.sbom%2Bjson");
        assertThat(header(some, "OCI-Filters-Applied")).isEqualTo("artifactType");
        JsonNode entry = json(some).path("manifests").path(0);
        assertThat(json(some).path("manifests")).hasSize(1);
        assertThat(entry.path("digest").asText()).isEqualTo(bill.digest());
        assertThat(entry.path("artifactType").asText()).isEqualTo("application/vnd.acme.sbom+json");
        assertThat(entry.path("mediaType").asText()).isEqualTo(SampleImages.OCI_MANIFEST);
        assertThat(entry.path("size").asLong()).isEqualTo(bill.manifestSize());

        HttpResponse<byte[]> page = door.get("/v2/team/app/referrers/" + IMAGE.digest() + "?n=1");
        assertThat(header(page, "Link")).contains("rel=\"next\"");
    }

    @Test
    void anUnknownSubjectHasAnEmptyListOfReferrers() throws Exception {
        for (String path : List.of("/v2/team/app/referrers/" + NOWHERE, "/v2/none/referrers/" + NOWHERE)) {
            HttpResponse<byte[]> answer = door.get(path);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(json(answer).path("manifests").isArray()).isTrue();
            assertThat(json(answer).path("manifests")).isEmpty();
        }
        requireFault(door.get("/v2/team/app/referrers/sha256:0"), 400, "DIGEST_INVALID");
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/v2/team/app/blobs/uploads/",
        "PUT,/v2/team/app/manifests/v1",
        "PATCH,/v2/team/app/blobs/uploads/1",
        "DELETE,/v2/team/app/manifests/v1",
        "OPTIONS,/v2/"
    })
    void whatWouldChangeSomethingIsNotAllowed(String method, String path) throws Exception {
        HttpResponse<byte[]> answer = door.send(method, path);
        requireFault(answer, 405, "UNSUPPORTED");
        assertThat(header(answer, "Allow")).isEqualTo("GET, HEAD");
        assertThat(door.head("/v2/team/app/manifests/v1").statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsDamagedOnDiskIsNotGivenOut() throws Exception {
        SampleImage image = SampleImages.oci(99, 50_000);
        SampleBlob layer = image.layers().get(0);
        put(door.client(), APP, image, "damaged");
        spoil(file(folder, digest(layer)));
        requireFault(door.get("/v2/team/app/blobs/" + layer.digest()), 404, "BLOB_UNKNOWN");
        requireFault(door.get("/v2/team/app/blobs/" + layer.digest(), "Range", "bytes=0-5"), 404, "BLOB_UNKNOWN");
        assertThat(new String(door.get("/v2/team/app/blobs/" + layer.digest()).body(), StandardCharsets.UTF_8))
                .contains("is damaged on this registry's disk");
        spoil(file(folder, digest(image)));
        requireFault(door.get("/v2/team/app/manifests/damaged"), 404, "MANIFEST_UNKNOWN");

        put(door.client(), APP, image, "damaged");
        assertThat(door.get("/v2/team/app/blobs/" + layer.digest()).body()).isEqualTo(layer.bytes());
        assertThat(door.get("/v2/team/app/manifests/damaged").body()).isEqualTo(image.manifest());
        door.client().deleteManifest(APP, digest(image));
    }
}
