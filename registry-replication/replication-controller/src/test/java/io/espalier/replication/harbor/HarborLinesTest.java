package io.espalier.replication.harbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.harbor.node.HarborNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HarborLinesTest {
    private final HarborLines lines =
            new HarborLines((setting, value) -> value.startsWith("sealed:") ? "opened " + value.substring(7) : value);

    @Test
    void readsALineForEachHarborAndOpensItsSecret() {
        List<HarborNode> nodes = lines.read(List.of(
                "name=eu url=https://eu.example user=robot$espalier secret=sealed:aGk= site=oslo ca-file=/etc/ca.pem",
                ""));

        assertThat(nodes).singleElement().satisfies(node -> {
            assertThat(node.name()).isEqualTo("eu");
            assertThat(node.login().user()).isEqualTo("robot$espalier");
            assertThat(node.login().secret()).isEqualTo("opened aGk=");
            assertThat(node.site()).isEqualTo("oslo");
            assertThat(node.authority()).contains(Path.of("/etc/ca.pem"));
            assertThat(node.insecure()).isFalse();
            assertThat(node.toString()).doesNotContain("aGk");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eu",
                "name=eu",
                "name=eu url=https://x user=u",
                "name=eu url=https://x user=u secret=very-secret color=red",
                "name=eu name=us url=https://x user=u secret=very-secret",
                "name=EU url=https://x user=u secret=very-secret",
                "name=eu url=ftp://x user=u secret=very-secret",
                "name=eu url=https://x/harbor user=u secret=very-secret",
                "name=eu url=https://a:b@x user=u secret=very-secret",
                "name=eu url=https://x user=a:b secret=very-secret",
                "name=eu url=https://x user=u secret=very-secret insecure=maybe",
                "name=eu url=:// user=u secret=very-secret"
            })
    void refusesAWrongLineWithASentenceAndWithoutItsSecret(String line) {
        assertThatThrownBy(() -> lines.read(List.of(line)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("harbors, line 1: ")
                .hasMessageNotContaining("very-secret");
    }
}
