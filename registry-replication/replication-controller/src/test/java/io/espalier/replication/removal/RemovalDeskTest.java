package io.espalier.replication.removal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.RemovalOutcome;
import io.espalier.replication.store.RemovalStore.State;
import io.espalier.replication.trigger.SeenTags;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RemovalDeskTest extends DeskRig {
    @Test
    void tellsNodesWhenTheGraceIsOver() {
        delete();
        pass(GRACE.minusSeconds(1));
        look("2.0");
        assertNobodyIsTold();
        pass(Duration.ofSeconds(1));
        assertNobodyIsTold();
        look("2.0");
        awaitState(State.DONE);
        assertThat(sent()).hasSize(1);
        assertThat(sent().get(0).manifests()).as("untag deletes no manifest").isEmpty();
        assertThat(sent().get(0).own().generation()).isPositive();
    }

    @Test
    void whatIsKeptIsListedAndHeldWhenThePolicyChanges() {
        reopen(RemovalMode.KEEP);
        delete();
        pass(GRACE.multipliedBy(2));
        look("2.0");
        awaitState(State.KEPT);
        assertNobodyIsTold();

        reopen(RemovalMode.DELETE);
        pass(GRACE.multipliedBy(2));
        look("2.0");
        assertThat(only().state()).isEqualTo(State.HELD);
        assertThat(only().reason()).contains("while the setting deletes was keep");
        assertNobodyIsTold();
    }

    @Test
    void whatWasOrderedIsTakenBackWhenThePolicyBecomesKeep() {
        goesButIs(RemovalOutcome.FAILED);

        reopen(RemovalMode.KEEP);
        pass(GRACE);
        awaitState(State.DONE);
        assertThat(only().nodes().get(0).sentence()).contains("became keep");
    }

    @Test
    void aRegistryThatDoesNotAnswerDeletesNothing() {
        images.away(true);
        look("2.0");
        assertThat(desk.list(100)).as("it cannot be asked").isEmpty();

        images.away(false);
        delete();
        images.away(true);
        pass(GRACE.multipliedBy(3));
        look("2.0");
        assertNobodyIsTold();
        images.away(false);
        awaitState(State.DONE);
    }

    @Test
    void aTagThatIsOnlyMissingInTheListStays() {
        look("2.0");
        assertThat(desk.list(100)).isEmpty();
    }

    @Test
    void repositoriesOutsideOfTheFilterAndUnreadOnesAreNotTouched() {
        images.delete("other/web:1.0");
        look("1.0", "2.0");
        images.delete("shop/web:1.0");
        desk.looks().looked(new SeenTags(Map.of(), Set.of("shop/web")));
        assertThat(desk.list(100)).isEmpty();
    }

    @Test
    void aRepositoryThatIsNotListedAnyMoreIsHeld() {
        images.delete("shop/web:1.0");
        desk.looks().looked(new SeenTags(Map.of("other/web", Set.of("1.0")), Set.of()));

        assertThat(only().state()).isEqualTo(State.HELD);
        assertThat(only().reason()).contains("does not list the repository shop/web any more");
        pass(GRACE.multipliedBy(2));
        assertNobodyIsTold();
    }

    @Test
    void aNodeWhoseRegistryDoesNotDeleteIsAskedAgainOnlyByAnOperator() throws Exception {
        goesButIs(RemovalOutcome.UNSUPPORTED);
        pass(Duration.ofDays(1));
        assertNobodyIsTold();

        answer.set(RemovalOutcome.DONE);
        assertThat(desk.confirm(only().id())).isEqualTo("1 nodes are asked again.");
        awaitState(State.DONE);
    }

    @Test
    void aNodeThatFailsIsAskedAgainAfterAPause() {
        goesButIs(RemovalOutcome.FAILED);
        assertNobodyIsTold();
        answer.set(RemovalOutcome.DONE);
        pass(Duration.ofMinutes(1));
        awaitState(State.DONE);
        assertThat(sent()).hasSize(2);
    }

    @Test
    void aDoubtThatPassesIsOver() {
        answer.set(RemovalOutcome.DOUBT);
        delete();
        ripen();
        await("the doubt")
                .atMost(LIMIT)
                .until(() -> only().state() == State.ORDERED
                        && only().nodes().get(0).outcome().equals("DOUBT"));
        assertThat(only().nodes().get(0).sentence()).contains("asked again", "time 1 of 8");
        cluster.leave("a");
        cluster.connect("a");
        assertNobodyIsTold();
        answer.set(RemovalOutcome.DONE);
        pass(Duration.ofMinutes(1));
        awaitState(State.DONE);
    }

    @Test
    void aNodeThatStaysInDoubtIsAskedAFewTimesAndThenOnlyByAnOperator() throws Exception {
        answer.set(RemovalOutcome.DOUBT);
        delete();
        ripen();
        for (int time = 1; time <= 8; time++) {
            int count = time;
            await("time " + time).atMost(LIMIT).until(() -> sent().size() == count);
            pass(Duration.ofMinutes(30));
        }
        await("the last sentence")
                .atMost(LIMIT)
                .until(() -> only().nodes().get(0).sentence().contains("--confirm " + only().id()));
        pass(Duration.ofDays(1));
        assertNobodyIsTold();

        answer.set(RemovalOutcome.DONE);
        assertThat(desk.confirm(only().id())).isEqualTo("1 nodes are asked again.");
        awaitState(State.DONE);
    }

    @Test
    void aNodeThatDoesNotAnswerIsNamed() {
        answer.set(RemovalOutcome.PLANNED);
        delete();
        ripen();
        awaitSent(1);
        pass(Duration.ofHours(1));
        await("the sentence").atMost(LIMIT).until(() -> only().nodes()
                .get(0)
                .sentence()
                .contains("it may be busy with others, or its release may be too old"));
    }

    @Test
    void aPushWhileANodeIsToBeToldKeepsTheImageThere() {
        goesButIs(RemovalOutcome.FAILED);

        images.later();
        images.push("shop/web:1.0", DIGEST);
        awaitState(State.DONE);
        assertThat(only().nodes().get(0).outcome()).isEqualTo("KEPT");
        assertThat(only().nodes().get(0).sentence()).contains("pushed again");
    }

    @Test
    void byHandNothingGoesThatTheMasterStillHas() {
        assertThatThrownBy(() -> desk.remove(images.known().get(0).name(), Optional.empty()))
                .hasMessageContaining("still has shop/web:1.0");
        assertThatThrownBy(() -> desk.confirm("nonsense")).hasMessageContaining("no open removal 'nonsense'");
    }
}
