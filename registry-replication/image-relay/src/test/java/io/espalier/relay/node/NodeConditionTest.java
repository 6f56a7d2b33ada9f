package io.espalier.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.NodeMessage.Condition;
import io.espalier.relay.spool.DiskSpace;
import io.espalier.testkit.files.SmallDisk;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NodeConditionTest {
    private final List<Condition> said = new CopyOnWriteArrayList<>();

    @Test
    void saysEachChangeOnceAndAllAgainToANewLink() {
        try (SmallDisk disk = SmallDisk.mount(1 << 20)) {
            NodeCondition condition = new NodeCondition(() -> DiskSpace.of(disk.folder()), said::add);
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
            NodeCondition condition = new NodeCondition(() -> DiskSpace.of(disk.folder()), said::add);
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

    @Test
    void aDiskThatWasNearlyFullIsWellWhenHalfAsMuchAgainIsFree() {
        AtomicLong free = new AtomicLong(51);
        NodeCondition condition = new NodeCondition(() -> new DiskSpace(1_000, free.get()), said::add);
        for (long now : List.of(51L, 49L, 51L, 49L, 74L)) {
            free.set(now);
            condition.look("");
        }
        assertThat(said).singleElement().satisfies(now -> assertThat(now.disk()).contains("49 B free"));
        free.set(75);
        condition.look("");
        free.set(51);
        condition.look("");
        assertThat(said).hasSize(2).last().isEqualTo(Condition.WELL);
    }

    @Test
    void whoLooksBetweenTwoLooksIsToldTheSame() {
        NodeCondition condition = new NodeCondition(() -> new DiskSpace(1_000, 60), said::add);
        assertThat(condition.isDiskLow(new DiskSpace(1_000, 51))).isFalse();
        assertThat(condition.isDiskLow(new DiskSpace(1_000, 49))).isTrue();
        assertThat(condition.isDiskLow(new DiskSpace(1_000, 51))).isTrue();
        condition.look("");
        assertThat(said).as("the master, too").singleElement().satisfies(now -> assertThat(now.disk())
                .isNotEmpty());
        assertThat(condition.isDiskLow(new DiskSpace(1_000, 75))).isFalse();
    }

    @Test
    void aDiskThatDoesNotAnswerKeepsNobodyFromTellingANewLink() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answers = new CountDownLatch(1);
        NodeCondition condition = new NodeCondition(
                () -> {
                    asked.countDown();
                    try {
                        answers.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return new DiskSpace(1_000, 500);
                },
                said::add);
        Thread looking = new Thread(() -> condition.look("it answered 503"), "looking");
        looking.start();
        try {
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            condition.sayAgain();
            assertThat(said).containsExactly(Condition.WELL);
        } finally {
            answers.countDown();
            looking.join();
        }
        assertThat(said).last().isEqualTo(new Condition("it answered 503", ""));
    }
}
