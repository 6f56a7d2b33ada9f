package io.espalier.collector.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class GlobTest {
    private static Glob glob(String pattern) {
        return new Glob(FileSystems.getDefault(), pattern);
    }

    @Test
    void doubleStarStandsForAnyNumberOfFoldersAlsoNone() {
        Glob glob = glob("/var/log/**/*.log");
        assertThat(glob.root()).isEqualTo(Path.of("/var/log"));
        assertThat(glob.matches(Path.of("/var/log/a.log"))).isTrue();
        assertThat(glob.matches(Path.of("/var/log/a/b/c.log"))).isTrue();
        assertThat(glob.matches(Path.of("/var/log/a.log.1"))).isFalse();
        assertThat(glob.matches(Path.of("/var/a.log"))).isFalse();
    }

    @Test
    void singleStarStaysInItsFolder() {
        Glob glob = glob("/srv/*/log/app-?.log");
        assertThat(glob.root()).isEqualTo(Path.of("/srv"));
        assertThat(glob.depth()).isEqualTo(3);
        assertThat(glob.matches(Path.of("/srv/x/log/app-1.log"))).isTrue();
        assertThat(glob.matches(Path.of("/srv/x/y/log/app-1.log"))).isFalse();
    }

    @Test
    void pathWithoutWildcardsIsItself() {
        Glob glob = glob("/var/log/syslog");
        assertThat(glob.root()).isEqualTo(Path.of("/var/log"));
        assertThat(glob.depth()).isEqualTo(1);
        assertThat(glob.matches(Path.of("/var/log/syslog"))).isTrue();
    }
}
