package io.espalier.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.NodeMessage.Condition;
import io.espalier.testkit.files.SmallDisk;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeConditionTest {
    private final List<Condition> said = new ArrayList<>();

    @Test
    void saysEachChangeOnceAndAllAgainToANewLink() {
        try (SmallDisk disk = SmallDisk.mount(1 << 20)) {
            NodeCondition condition = new NodeCondition(disk.folder(), said::add);
            condition.look("");
            assertThat(said).isEmpty();

            condition.look("it answered 503");
            condition.look("it answered 503");
            assertThat(said).containsExactly(new Condition("it answered 503", ""));

            condition.sayAgain();
            assertThat(said).hasSize(2);
            condition.look("");
            assertThat(said.get(2)).isEqualTo(Condition.WELL);
        }
    }

    @Test
    void saysThatTheDiskIsNearlyFullUntilItIsNot() {
        try (SmallDisk disk = SmallDisk.mount(1 << 20)) {
            NodeCondition condition = new NodeCondition(disk.folder(), said::add);
            disk.fill();
            condition.look("");
            condition.look("");
            assertThat(said).singleElement().satisfies(now -> assertThat(now.disk())
                    .isEqualTo("The disk under the spool has 0 B free of 1.0 MB; free space there, or set spool-bytes"
                            + " lower."));
            disk.free();
            condition.look("");
            assertThat(said.get(1)).isEqualTo(Condition.WELL);
        }
    }
}
