package io.espalier.replication.removal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.NodeMessage.Removed;
import io.espalier.relay.protocol.RemovalOutcome;
import io.espalier.replication.image.GlobList;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.store.RemovalStore.State;
import io.espalier.replication.trigger.SeenTags;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nothing is removed on old evidence, and nothing that somebody decided otherwise. */
@Timeout(60)
class RemovalDoubtTest extends DeskRig {
    @Test
    void anOverdueRemovalWaitsForALookAfterARestart() {
        delete();
        desk.close();
        pass(GRACE.multipliedBy(2));
        reopen(RemovalMode.UNTAG);
        assertNobodyIsTold();
        look("2.0");
        awaitState(State.DONE);
    }

    @Test
    void imagesAfterARestartOutdoEveryRemovalOfBefore() {
        assertThat(images.outdone()).as("before there is one").isZero();
        delete();
        ripen();
        awaitState(State.DONE);
        reopen(RemovalMode.UNTAG);
        assertThat(images.outdone()).isEqualTo(sent().get(0).own().generation());
    }

    @Test
    void anOverdueRemovalIsHeldWhenTheRegistryComesBackEmpty() {
        delete();
        pass(GRACE.multipliedBy(2));
        reopen(RemovalMode.UNTAG);
        images.delete("shop/web:2.0");
        look();
        assertThat(desk.list(100)).hasSize(2).allSatisfy(view -> assertThat(view.state())
                .isEqualTo(State.HELD));
        pass(GRACE.multipliedBy(2));
        look();
        assertNobodyIsTold();
    }

    @Test
    void aClockThatIsSetAheadEndsNoGrace() {
        delete();
        jump(Duration.ofDays(10));
        look("2.0");
        assertNobodyIsTold();
        ripen();
        awaitState(State.DONE);
    }

    @Test
    void aRejectionWhileNodesAreAboutToBeToldHolds() {
        delete();
        String id = only().id();
        images.atRetirement(() -> {
            images.atRetirement(() -> {});
            assertThat(desk.reject(id)).contains("Nodes keep");
        });
        ripen();
        awaitState(State.REJECTED);
        assertNobodyIsTold();
        assertThat(only().state()).isEqualTo(State.REJECTED);
    }

    @Test
    void aMassThatIsSeenWhileNodesAreAboutToBeToldHoldsAll() {
        images.push("shop/web:3.0", DIGEST);
        images.delete("shop/web:1.0");
        look("2.0", "3.0");
        images.atRetirement(() -> {
            images.atRetirement(() -> {});
            images.delete("shop/web:2.0");
            look("3.0");
        });
        pass(GRACE);
        look("2.0", "3.0");
        await("both are held")
                .atMost(LIMIT)
                .until(() -> desk.list(100).stream()
                                .filter(view -> view.state() == State.HELD)
                                .count()
                        == 2);
        assertNobodyIsTold();
    }

    @Test
    void aRemovalIsNotTakenForANewPushWhileItsImageIsStillKnown() throws Exception {
        delete();
        images.afterNote(desk::round);
        look("2.0");
        desk.confirm(only().id());
        awaitState(State.DONE);
        assertThat(only().nodes().get(0).outcome()).isEqualTo("DONE");
    }

    @Test
    void whatANodeHasDoneIsShownAlsoWhenItWasTakenBackMeanwhile() {
        answer.set(RemovalOutcome.PLANNED);
        delete();
        ripen();
        awaitSent(1);
        desk.reject(only().id());
        awaitState(State.DONE);
        assertThat(only().nodes().get(0).outcome()).isEqualTo("KEPT");

        cluster.say("a", new Removed(only().id(), "DONE", List.of("1.0"), List.of(), ""));
        assertThat(only().nodes().get(0).outcome()).isEqualTo("DONE");
    }

    @Test
    void whatTheMasterHasAgainIsNotDeletedAtANodeThatComesLater() {
        reopen(RemovalMode.DELETE);
        String digest = "sha256:" + "cd".repeat(32);
        images.push("shop/web:2.0", digest);
        cluster.leave("a");
        images.delete("shop/web:2.0");
        images.delete("shop/web@" + digest);
        look("1.0");
        pass(GRACE);
        look("1.0");
        awaitState(State.ORDERED);

        images.push("shop/web:other", digest);
        images.away(true);
        cluster.connect("a");
        assertNobodyIsTold();
        images.away(false);
        pass(Duration.ofMinutes(1));
        awaitSent(1);
        assertThat(sent().get(0).own().tag()).isEqualTo("2.0");
        assertThat(sent().get(0).manifests()).isEmpty();
    }

    @Test
    void whatWentBeforeTheSettingsChangedIsHeld() {
        basis = "two";
        reopen(RemovalMode.UNTAG);
        delete();
        assertThat(only().state()).isEqualTo(State.HELD);
        assertThat(only().reason()).contains("before the settings of deletes changed");

        look("1.0", "2.0");
        images.push("shop/web:1.0", DIGEST);
        reopen(RemovalMode.UNTAG);
        delete();
        assertThat(only().state()).isEqualTo(State.GRACE);

        basis = "three";
        reopen(RemovalMode.UNTAG);
        ripen();
        assertNobodyIsTold();
        assertThat(only().state()).isEqualTo(State.HELD);
    }

    @Test
    void anExcludedRepositoryKeepsWhatWasOnItsWay() {
        delete();
        repositories = GlobList.of(List.of("!shop/*"));
        reopen(RemovalMode.UNTAG);
        assertThat(only().state()).isEqualTo(State.KEPT);
        ripen();
        assertNobodyIsTold();

        repositories = GlobList.of(List.of("shop/*"));
        reopen(RemovalMode.UNTAG);
        assertThat(only().state()).isEqualTo(State.HELD);
        assertThat(only().reason()).contains("while its repository was excluded");
    }

    @Test
    void anOrderOfAnExcludedRepositoryIsTakenBack() {
        goesButIs(RemovalOutcome.FAILED);
        repositories = GlobList.of(List.of("!shop/*"));
        reopen(RemovalMode.UNTAG);
        awaitState(State.DONE);
        assertThat(only().nodes().get(0).sentence()).contains("was excluded");
    }

    @Test
    void aRepositoryThatShowsNoTagAnyMoreIsHeld() {
        percent = 90;
        reopen(RemovalMode.UNTAG);
        images.push("shop/api:1", DIGEST);
        images.delete("shop/web:1.0");
        images.delete("shop/web:2.0");
        desk.looks().looked(new SeenTags(Map.of("shop/web", Set.of(), "shop/api", Set.of("1")), Set.of()));
        assertThat(desk.list(100)).hasSize(2).allSatisfy(view -> assertThat(view.reason())
                .contains("shows none of 2 tags"));
    }

    @Test
    void aStorageThatIsEmptiedInPortionsIsHeld() {
        percent = 50;
        grace = Duration.ofMinutes(1);
        reopen(RemovalMode.UNTAG);
        images.push("shop/web:3.0", DIGEST);
        images.delete("shop/web:1.0");
        look("2.0", "3.0");
        pass(Duration.ofMinutes(2));
        look("2.0", "3.0");
        awaitState(State.DONE);

        images.delete("shop/web:3.0");
        look("2.0");
        assertThat(desk.list(100).get(0).state()).isEqualTo(State.HELD);
        assertThat(desk.list(100).get(0).reason()).contains("2 of 3 images");
    }

    @Test
    void whatNobodyCouldDoForAMonthEnds() {
        goesButIs(RemovalOutcome.UNSUPPORTED);
        pass(Duration.ofDays(31));
        awaitState(State.DONE);
        assertThat(only().nodes().get(0).sentence()).contains("For 30 days");
    }

    @Test
    void aSilentNodeIsAskedForAFewRemovalsAtOnce() throws Exception {
        answer.set(RemovalOutcome.PLANNED);
        for (int i = 0; i < 8; i++) {
            images.push("shop/web:m" + i, DIGEST);
            images.delete("shop/web:m" + i);
            desk.remove(ImageName.parse("shop/web:m" + i), Optional.empty());
        }
        awaitSent(5);
        assertNobodyIsTold();
    }
}
