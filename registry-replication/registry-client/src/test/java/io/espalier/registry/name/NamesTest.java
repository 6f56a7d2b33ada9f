package io.espalier.registry.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    private static final String HEX = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @ParameterizedTest
    @ValueSource(strings = {"a", "team/app", "a.b/c_d/e__f/g---h", "0/1"})
    void takesNamesOfTheSpecification(String name) {
        assertThat(RepositoryName.of(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/a",
                "a/",
                "a//b",
                "..",
                "a/../b",
                "../../etc/passwd",
                "a/./b",
                "A",
                "a b",
                "a%2fb",
                "a?b",
                "a#b",
                "a\nb",
                "a___b",
                "a..b",
                "-a",
                "a-",
                "a\\b",
                "ä",
                "a:b",
                "a@b"
            })
    void refusesNamesThatCouldLeadElsewhere(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RepositoryName.of(name))
                .withMessageContaining("Not a repository name");
    }

    @Test
    void refusesALongNameAtOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> RepositoryName.of("a".repeat(256)));
        assertThatIllegalArgumentException().isThrownBy(() -> RepositoryName.of("a-".repeat(1_000_000)));
        assertThat(RepositoryName.of("a".repeat(255)).value()).hasSize(255);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "-a", ".a", "a/b", "a b", "a?", "a\n", "../x", "a:b"})
    void refusesTagsThatCouldLeadElsewhere(String tag) {
        assertThatIllegalArgumentException().isThrownBy(() -> TagName.of(tag)).withMessageContaining("Not a tag");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sha256",
                "sha256:",
                "sha256:abc",
                "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
                "md5:d41d8cd98f00b204e9800998ecf8427e",
                "sha256:../../../../../../../../../../../../../../../../../../../../../a",
                "sha512:" + HEX
            })
    void refusesWhatIsNoDigest(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Digest.of(text)).withMessageContaining("Not a digest");
    }

    @Test
    void hashesWithBothFunctions() {
        byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
        assertThat(Digest.sha256(abc))
                .hasToString("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        Digest.Hasher hasher = Digest.Algorithm.SHA512.newHasher();
        hasher.update(abc, 0, 1);
        hasher.update(abc, 1, 2);
        Digest sha512 = hasher.digest();
        assertThat(sha512.toString()).startsWith("sha512:ddaf35a193617abacc417349ae204131");
        assertThat(Digest.of(sha512.toString()).matches(abc)).isTrue();
    }

    @Test
    void readsFullNamesOfImages() {
        ImageReference image = ImageReference.of("reg.example.com:5000/team/app:1.2@sha256:" + HEX);
        assertThat(image.host()).isEqualTo("reg.example.com:5000");
        assertThat(image.repository()).hasToString("team/app");
        assertThat(image.tag()).contains(TagName.of("1.2"));
        assertThat(image.reference()).contains(Digest.of("sha256:" + HEX));
        assertThat(image).hasToString("reg.example.com:5000/team/app:1.2@sha256:" + HEX);
        assertThat(ImageReference.of("localhost/app:1").reference()).contains(TagName.of("1"));
        assertThat(ImageReference.of("[::1]:5000/app").reference()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app",
                "team/app:1",
                "reg.example.com/",
                "reg.example.com/../app",
                "user@host.com/app",
                "a.b/app:",
                "http://reg.example.com/app",
                "reg.example.com:port/app",
                "a.b/app@1",
                "a.b/app:1@sha256:12"
            })
    void refusesImagesWithoutRegistryOrWithBadParts(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ImageReference.of(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".sig", ".att", ".sbom"})
    void readsTheSubjectFromATagOfItsSignatures(String suffix) {
        assertThat(TagName.subjectOf("sha256-" + HEX + suffix)).contains(Digest.of("sha256:" + HEX));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "sha256-" + HEX + ".exe", "sha256:" + HEX, "sha256-abc.sig", "", "v-sha256-" + HEX})
    void findsNoSubjectInAnyOtherText(String text) {
        assertThat(TagName.subjectOf(text)).isEmpty();
    }

    @Test
    void namesTheFallbackTagOfASubject() {
        assertThat(TagName.fallbackOf(Digest.of("sha256:" + HEX))).hasToString("sha256-" + HEX);
        assertThat(TagName.fallbackOf(Digest.of("sha512:" + HEX + HEX))).hasToString("sha512-" + HEX);
    }
}
