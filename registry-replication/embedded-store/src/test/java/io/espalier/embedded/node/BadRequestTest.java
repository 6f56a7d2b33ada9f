package io.espalier.embedded.node;

import static io.espalier.embedded.store.StoreSamples.APP;
import static io.espalier.embedded.store.StoreSamples.put;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.testkit.registry.SampleImages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that are none and paths that lead out of the store, sent as they are. */
class BadRequestTest {
    private static final String SECRET = "the secret beside the store";

    @TempDir
    private Path folder;

    private Door door;

    @BeforeEach
    void open() throws Exception {
        Files.writeString(folder.resolve("secret"), SECRET);
        door = new Door(folder.resolve("store"));
        put(door.client(), APP, SampleImages.oci(1, 1_000), "v1");
    }

    @AfterEach
    void close() {
        door.close();
    }

    /** What the door answers to this request line, as text. */
    private String raw(String line) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), door.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write((line + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/../secret",
                "/v2/../../etc/passwd",
                "/v2/team/app/blobs/../../../../secret",
                "/v2/team/app/blobs/sha256:../../../secret",
                "/v2/team/app/blobs/sha256:..%2f..%2f..%2fsecret",
                "/v2/%2e%2e/%2e%2e/secret/tags/list",
                "/v2/..%2f..%2fsecret/manifests/v1",
                "/v2/%252e%252e/tags/list",
                "/v2/team/app/manifests/..",
                "/v2/team/app/manifests/%2e%2e%2f%2e%2e%2fsecret",
                "/v2/team/app/manifests/..%5c..%5csecret",
                "/v2//tags/list",
                "/v2/_tags/manifests/v1",
                "/v2/team/app/_tags/v1",
                "/v2/team/app/_tags/manifests/v1",
                "/v2/TEAM/app/tags/list",
                "/v2/team/app/blobs/md5:" + "00112233445566778899aabbccddeeff",
                "/v2/team/app/blobs/sha256:ABCDEF",
                "/v2/team/app/blobs/sha512:00",
                "/v2/team/app/manifests/%00",
                "/v2/team/app/manifests/%c3%28",
                "/v2/team/app/tags/other",
                "/v2/team/app/blobs/uploads/",
                "/v2/team",
                "/v2foo",
                "/",
                "/v2/team/app/tags/list?n=1&last=%zz",
            })
    void isRefusedAndTellsNothing(String path) throws IOException {
        String answer = raw("GET " + path);
        assertThat(answer)
                .matches("(?s)HTTP/1\\.1 (400|404) .*")
                .doesNotContain(SECRET)
                .doesNotContain("root:");
        assertThat(answer).contains("\"message\":\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/team/app/manifests/%zz", "/v2/team/app/manifests/%"})
    void wrongPercentEncodingIsRefused(String path) throws IOException {
        assertThat(raw("GET " + path)).startsWith("HTTP/1.1 400");
    }

    @Test
    void namesThatAreTooLongAreRefused() throws IOException {
        assertThat(raw("GET /v2/" + "a".repeat(300) + "/tags/list")).startsWith("HTTP/1.1 400");
        assertThat(raw("GET /v2/team/app/manifests/" + "a".repeat(129))).startsWith("HTTP/1.1 400");
        assertThat(raw("GET /v2/" + "a/".repeat(4_000) + "tags/list")).matches("(?s)HTTP/1\\.. 414 .*");
    }

    @Test
    void namesInPercentEncodingAreUnderstood() throws IOException {
        String digest = SampleImages.oci(1, 1_000).digest().replace(":", "%3A");
        assertThat(raw("GET /v2/team%2Fapp/manifests/" + digest)).startsWith("HTTP/1.1 200");
    }

    @Test
    void pagesOfOtherSitesAreRefused() throws Exception {
        assertThat(door.get("/v2/_catalog", "Origin", "https://evil.example").statusCode())
                .isEqualTo(403);
    }
}
