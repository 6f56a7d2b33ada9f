package io.espalier.replication.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.espalier.replication.image.ImageName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetentionHintsTest {
    private static final Instant NOW = Instant.parse("2026-01-31T00:00:00Z");

    private static StoredImage image(String name, int daysAgo, Map<String, Long> blobs) {
        return new StoredImage(ImageName.parse(name), NOW.minus(Duration.ofDays(daysAgo)), blobs);
    }

    private final List<StoredImage> images = List.of(
            image("shop/web:1", 40, Map.of("base", 1_000L, "one", 10L)),
            image("shop/web:2", 20, Map.of("base", 1_000L, "two", 20L)),
            image("shop/web:3", 1, Map.of("base", 1_000L, "three", 30L)),
            image("shop/web:sha256-" + "ab".repeat(32) + ".sig", 90, Map.of("sig", 1L)),
            image("old/app:1", 60, Map.of("two", 20L, "old", 5L)),
            image("old/app:2", 50, Map.of("new", 7L)));

    private static List<String> tags(RetentionHints hints, String repository) {
        return hints.repositories().stream()
                .filter(one -> one.name().equals(repository))
                .flatMap(one -> one.going().stream())
                .map(RetentionHints.Tag::name)
                .toList();
    }

    @Test
    void theNewestOfEachRepositoryAreKeptAndSharedBlobsFreeNothing() {
        RetentionHints hints = RetentionHints.of(new RetentionRule(1, 0), images, NOW);

        assertThat(tags(hints, "shop/web")).containsExactly("1", "2");
        assertThat(tags(hints, "old/app")).containsExactly("1");
        assertThat(hints.going()).isEqualTo(3);
        assertThat(hints.images()).isEqualTo(6);
        assertThat(hints.freed()).as("one, two and old, but not base").isEqualTo(35);
        assertThat(hints.bytes()).isEqualTo(1_073);
        assertThat(hints.repositories())
                .extracting(RetentionHints.Repository::freed)
                .as("two is in both")
                .containsExactly(5L, 10L);
    }

    @Test
    void aTagIsKeptForEitherReason() {
        RetentionHints hints = RetentionHints.of(new RetentionRule(1, 30), images, NOW);
        assertThat(tags(hints, "shop/web")).containsExactly("1");

        RetentionHints byDays = RetentionHints.of(new RetentionRule(0, 30), images, NOW);
        assertThat(tags(byDays, "old/app")).containsExactly("1", "2");
    }

    @Test
    void withoutARuleEverythingIsKept() {
        assertThat(RetentionHints.of(RetentionRule.NONE, images, NOW).going()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> new RetentionRule(-1, 0));
    }
}
