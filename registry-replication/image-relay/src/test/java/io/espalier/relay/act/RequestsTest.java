package io.espalier.relay.act;

import static io.espalier.relay.permission.SigningAuthority.permission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.permission.PermissionCheck;
import io.espalier.relay.permission.SigningAuthority;
import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ActRequest;
import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Acted;
import io.espalier.relay.protocol.NodeMessage.Ask;
import io.espalier.relay.protocol.PeerAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestsTest {
    private static final NodeId A = new NodeId("a");
    private static final PeerAddress HERE = new PeerAddress(A, "localhost", 1);
    private static final PeerAddress THERE = new PeerAddress(new NodeId("b"), "localhost", 2);

    @TempDir
    private Path folder;

    private final SigningAuthority authority = new SigningAuthority();
    private final List<NodeMessage> told = new ArrayList<>();
    private final List<ActRequest> carried = new ArrayList<>();
    private ActDesk desk;
    private Predicate<NodeMessage> master = message -> false;
    private Requests requests;

    @BeforeEach
    void open() throws Exception {
        PermissionCheck check = PermissionCheck.open(
                A, () -> Optional.of(authority.key()), folder.resolve("permissions"), Clock.systemUTC());
        desk = new ActDesk(
                check, (holder, action, subject) -> ActAnswer.done(action + " here of " + subject), told::add);
        requests = new Requests(A, message -> master.test(message), desk, this::carry, Duration.ofMillis(300));
    }

    private ActAnswer carry(PeerAddress target, ActRequest request) throws IOException {
        assertThat(target).isEqualTo(THERE);
        carried.add(request);
        if (request.subject().equals("lost")) {
            throw new IOException("Tried to show the permission to b but the wire is cut");
        }
        return ActAnswer.done("done there");
    }

    private void answering(Function<Ask, MasterMessage> word) {
        master = message -> {
            requests.accept(word.apply((Ask) message));
            return true;
        };
    }

    @Test
    void aGrantedRequestIsCarriedToTheTarget() {
        answering(ask -> new MasterMessage.Granted(ask.request(), "signed", THERE));
        assertThat(requests.request("pause", "b", "team/app:v1").sentence()).isEqualTo("done there");
        assertThat(carried).containsExactly(new ActRequest("signed", "pause", "team/app:v1"));
    }

    @Test
    void aRequestForTheNodeItselfIsCheckedAndDoneHereAndTold() {
        String signed = authority.sign(permission("a", "a", ControlAction.IMAGES, "", Instant.now()));
        answering(ask -> new MasterMessage.Granted(ask.request(), signed, HERE));
        assertThat(requests.request("images", "", "").sentence()).isEqualTo("IMAGES here of ");
        assertThat(carried).isEmpty();
        assertThat(told).singleElement().isInstanceOfSatisfying(Acted.class, acted -> assertThat(acted.outcome())
                .isEqualTo("DONE"));

        assertThatThrownBy(() -> requests.request("images", "", "")).hasMessageContaining("used before");
        assertThat(told).hasSize(2).last().isInstanceOfSatisfying(Acted.class, acted -> {
            assertThat(acted.outcome()).isEqualTo("REFUSED");
            assertThat(acted.sentence()).startsWith("REPLAYED: ");
            assertThat(acted.permission()).isNotEmpty();
        });
    }

    @Test
    void aForgedPermissionIsToldWithoutAnythingOfIt() {
        answering(ask -> new MasterMessage.Granted(ask.request(), "a.b.c", HERE));
        assertThatThrownBy(() -> requests.request("images", "", "")).hasMessageContaining("not signed");
        assertThat(told)
                .singleElement()
                .isEqualTo(new Acted(
                        "",
                        A,
                        "REFUSED",
                        "FORGED: The permission was not signed by the authority of this cluster, or was changed; ask the"
                                + " master for one."));
    }

    @Test
    void whoShowsNonsenseAgainAndAgainDoesNotFillTheLinkToTheMaster() {
        for (int i = 0; i < 200; i++) {
            assertThatThrownBy(() -> desk.act(A, new ActRequest("a.b.c", "images", "")))
                    .hasMessageContaining("not signed");
        }
        assertThat(told).hasSize(60);
    }

    @Test
    void anActThatBreaksIsAnAnswerAndIsTold() throws Exception {
        PermissionCheck check =
                PermissionCheck.open(A, () -> Optional.of(authority.key()), folder.resolve("other"), Clock.systemUTC());
        ActDesk broken = new ActDesk(
                check,
                (holder, action, subject) -> {
                    throw new IllegalStateException("injected");
                },
                told::add);
        ActAnswer answer =
                broken.act(A, authority.request(permission("a", "a", ControlAction.PAUSE, "", Instant.now())));
        assertThat(answer.done()).isFalse();
        assertThat(told).singleElement().isInstanceOfSatisfying(Acted.class, acted -> assertThat(acted.outcome())
                .isEqualTo("FAILED"));
    }

    @Test
    void whatTheMasterRefusesIsNotDone() {
        answering(ask -> new MasterMessage.Refused(ask.request(), "No rule lets you."));
        assertThatThrownBy(() -> requests.request("push", "", "team/app:v1"))
                .hasMessage("The master refuses: No rule lets you.");
        assertThat(carried).isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    void withoutALinkNothingIsAsked() {
        assertThatThrownBy(() -> requests.request("images", "", "")).hasMessageContaining("not connected");
    }

    @Test
    void aMasterThatIsSilentIsNamed() {
        master = message -> true;
        assertThatThrownBy(() -> requests.request("images", "", "")).hasMessageContaining("did not answer within");
    }

    @Test
    void aLinkThatBreaksEndsTheWaiting() {
        master = message -> {
            requests.away("a message was not understood");
            return true;
        };
        assertThatThrownBy(() -> requests.request("images", "", ""))
                .hasMessageContaining("a message was not understood")
                .hasMessageContaining("older release");
    }

    @Test
    void aTargetThatCannotBeReachedIsNamed() {
        answering(ask -> new MasterMessage.Granted(ask.request(), "signed", THERE));
        assertThatThrownBy(() -> requests.request("images", "b", "lost")).hasMessageContaining("the wire is cut");
    }

    @Test
    void wordsThatNobodyWaitsForAreTaken() {
        assertThat(requests.accept(new MasterMessage.Refused("late", "no"))).isTrue();
        assertThat(requests.accept(new MasterMessage.Cancel("t", "no"))).isFalse();
    }
}
