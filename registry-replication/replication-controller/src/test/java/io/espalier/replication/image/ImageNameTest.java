package io.espalier.replication.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNameTest {
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    @Test
    void readsTagsDigestsAndTheDefault() {
        assertThat(ImageName.parse("shop/web:1.0")).isEqualTo(new ImageName("shop/web", "1.0"));
        assertThat(ImageName.parse("web")).isEqualTo(new ImageName("web", "latest"));
        assertThat(ImageName.parse("shop/web@" + DIGEST).byDigest()).isTrue();
        assertThat(ImageName.parse("shop/web@" + DIGEST)).hasToString("shop/web@" + DIGEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Shop/web:1",
                "shop//web:1",
                "../etc:1",
                "shop/web:",
                "shop/web:-a",
                "shop/web@sha256:12",
                "a b:1"
            })
    void wrongNamesAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ImageName.parse(text));
    }

    @Test
    void knowsTheSubjectOfSignatureTags() {
        String tag = DIGEST.replace(':', '-');
        assertThat(ImageName.subjectOfTag(tag)).contains(DIGEST);
        assertThat(ImageName.subjectOfTag(tag + ".sig")).contains(DIGEST);
        assertThat(ImageName.subjectOfTag(tag + ".exe")).isEmpty();
        assertThat(ImageName.subjectOfTag("1.0")).isEmpty();
    }

    @Test
    void globsIncludeAndExclude() {
        GlobList globs = GlobList.of(List.of("shop/*", "team?/web", "!shop/secret*", " "));
        assertThat(globs.matches("shop/a/b")).isTrue();
        assertThat(globs.matches("team1/web")).isTrue();
        assertThat(globs.matches("shop/secret-key")).isFalse();
        assertThat(globs.matches("other")).isFalse();
        assertThat(GlobList.of(List.of("!dev-*")).matches("v1")).isTrue();
        assertThat(GlobList.of(List.of("a.b+")).matches("axb+")).isFalse();
    }

    @Test
    void globsOfManyStarsAreQuick() {
        assertThat(GlobList.of(List.of("a*".repeat(20) + "b")).matches("a".repeat(60)))
                .isFalse();
    }

    @Test
    void wrongGlobsAndPlatformsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> GlobList.of(List.of("!")));
        assertThatIllegalArgumentException().isThrownBy(() -> GlobList.of(List.of("!!a")));
        assertThatIllegalArgumentException().isThrownBy(() -> new PlatformList(List.of("linux")));
    }

    @Test
    void platformsWithoutVariantStandForAll() {
        PlatformList platforms = new PlatformList(List.of("linux/arm64", "linux/arm/v7"));
        assertThat(platforms.matches("linux", "arm64", "v8")).isTrue();
        assertThat(platforms.matches("linux", "arm", "v7")).isTrue();
        assertThat(platforms.matches("linux", "arm", "v6")).isFalse();
        assertThat(platforms.matches("windows", "amd64", "")).isFalse();
    }
}
