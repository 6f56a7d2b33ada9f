package io.espalier.collector.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.stream.id.StreamId;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SourceSpecTest {
    @Test
    void namesStreamAfterFileInTemplate() {
        SourceSpec spec = SourceSpec.parse(" host.log.{file} = /var/log/**/*.log ");
        assertThat(spec.streamOf(Path.of("/var/log/dpkg.log"))).hasToString("host.log.dpkg");
        assertThat(spec.streamOf(Path.of("/var/log/X org.0.log"))).hasToString("host.log.x-org-0");
        assertThat(spec.streamOf(Path.of("/var/log/--.log"))).hasToString("host.log.x");
        assertThat(spec.streamOf(Path.of("/var/log/" + "y".repeat(100) + ".log")))
                .hasToString("host.log." + "y".repeat(64));
        assertThat(spec.feeds(StreamId.parse("host.log.dpkg"))).isTrue();
        assertThat(spec.feeds(StreamId.parse("host.other.dpkg"))).isFalse();
    }

    @Test
    void feedsOneStreamWithoutTemplate() {
        SourceSpec spec = SourceSpec.parse("demo.clock.tick=/a/*.log");
        assertThat(spec.streamOf(Path.of("/a/any.log"))).hasToString("demo.clock.tick");
        assertThat(spec.feeds(StreamId.parse("demo.clock.tick"))).isTrue();
        assertThat(spec.feeds(StreamId.parse("demo.clock.tock"))).isFalse();
    }

    @Test
    void saysWhatIsWrongWithASpec() {
        assertThatThrownBy(() -> SourceSpec.parse("nothing")).hasMessageContaining("has no '='");
        assertThatThrownBy(() -> SourceSpec.parse("a.b.c=log/*.log")).hasMessageContaining("no absolute path");
        assertThatThrownBy(() -> SourceSpec.parse("a.{file}=/x")).hasMessageContaining("has 2 parts");
        assertThatThrownBy(() -> SourceSpec.parse("A.b.c=/x")).hasMessageContaining("department");
    }
}
