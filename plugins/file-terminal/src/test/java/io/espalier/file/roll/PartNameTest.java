package io.espalier.file.roll;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartNameTest {
    @Test
    void readsBackWhatItWrites() {
        PartName name = new PartName(12, 0, Long.MAX_VALUE);

        assertThat(name.toString()).isEqualTo("part-12-00000000000000000000-09223372036854775807.jsonl");
        assertThat(PartName.parse(name.toString())).contains(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "part-0-00000000000000000000-00000000000000000001.jsonl.tmp",
                ".part-0-00000000000000000000.jsonl.inflight",
                "part-0-00000000000000000005-00000000000000000004.jsonl",
                "part-0-99999999999999999999-99999999999999999999.jsonl",
                "part--1-00000000000000000000-00000000000000000001.jsonl",
                ""
            })
    void takesNoOtherNameForAVisibleFile(String name) {
        assertThat(PartName.parse(name)).isEmpty();
    }
}
