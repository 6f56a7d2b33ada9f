package io.espalier.relay.permission;

import static io.espalier.relay.permission.SigningAuthority.permission;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.permission.PermissionException.Code;
import io.espalier.relay.protocol.ActRequest;
import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.NodeId;
import io.espalier.testkit.clock.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Node b checks what node a shows. */
class PermissionCheckTest {
    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");
    private static final String APP = "team/app:v1";

    @TempDir
    private Path folder;

    private final SigningAuthority authority = new SigningAuthority();
    private final ManualClock clock = ManualClock.at(Instant.parse("2026-03-01T12:00:00Z"));
    private PermissionCheck check;

    @BeforeEach
    void open() throws IOException {
        check = PermissionCheck.open(B, () -> Optional.of(authority.key()), folder.resolve("permissions"), clock);
    }

    private Permission given() {
        return permission("a", "b", ControlAction.RESYNC, APP, clock.instant());
    }

    private void assertRefused(Code code, NodeId holder, ActRequest request) {
        assertThatThrownBy(() -> check.use(holder, request))
                .as("%s", code)
                .isInstanceOfSatisfying(PermissionException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(code);
                    assertThat(refused.sentence()).endsWith(".").doesNotContain(request.permission());
                });
    }

    @Test
    void aPermissionHoldsForJustWhatItSays() throws Exception {
        Permission given = given();
        assertThat(check.use(A, authority.request(given))).isEqualTo(given);
    }

    @Test
    void itHoldsOnce() throws Exception {
        ActRequest request = authority.request(given());
        check.use(A, request);
        assertRefused(Code.REPLAYED, A, request);
    }

    @Test
    void itHoldsOnceAlsoOverARestart() throws Exception {
        ActRequest request = authority.request(given());
        check.use(A, request);
        open();
        assertRefused(Code.REPLAYED, A, request);
    }

    @Test
    void itHoldsOnceAlsoWhenTheClockIsSetBackAfterItWasForgotten() throws Exception {
        ActRequest request = authority.request(given());
        check.use(A, request);
        clock.pass(Duration.ofHours(1));
        check.use(A, authority.request(given()));
        clock.pass(Duration.ofHours(-1));
        assertRefused(Code.EXPIRED, A, request);
        open();
        assertRefused(Code.REPLAYED, A, request);
    }

    @Test
    void anotherHolderTargetActionOrSubjectIsRefusedAndUsesNothingUp() throws Exception {
        Permission given = given();
        ActRequest request = authority.request(given);
        assertRefused(Code.WRONG_HOLDER, new NodeId("c"), request);
        assertRefused(
                Code.WRONG_TARGET,
                A,
                authority.request(permission("a", "c", ControlAction.RESYNC, APP, clock.instant())));
        assertRefused(Code.WRONG_ACTION, A, new ActRequest(request.permission(), "pause", APP));
        for (String wider : List.of("", "team/app", "team/app:v2", "team/*", "TEAM/app:v1", APP + " ")) {
            assertRefused(Code.WRONG_SUBJECT, A, new ActRequest(request.permission(), "resync", wider));
        }
        assertThat(check.use(A, request)).isEqualTo(given);
    }

    @Test
    void itHoldsForItsTimeAndHalfAMinuteOfWrongClocks() throws Exception {
        ActRequest early = authority.request(given());
        ActRequest late = authority.request(given());
        ActRequest tooLate = authority.request(given());
        clock.pass(Duration.ofSeconds(-31));
        assertRefused(Code.NOT_YET_VALID, A, early);
        clock.pass(Duration.ofSeconds(1));
        check.use(A, early);
        clock.pass(Duration.ofSeconds(30 + 60 + 29));
        check.use(A, late);
        clock.pass(Duration.ofSeconds(1));
        assertRefused(Code.EXPIRED, A, tooLate);
    }

    @Test
    void whatTheAuthorityDidNotSignJustSoIsForged() throws Exception {
        String text = authority.sign(given());
        String[] parts = text.split("\\.", -1);
        String other = authority.sign(permission("a", "b", ControlAction.RESYNC, "", clock.instant()));
        String zeros = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);
        for (String forged : List.of(
                new SigningAuthority().sign(given()),
                parts[0] + "." + other.split("\\.", -1)[1] + "." + parts[2],
                parts[0] + "." + parts[1] + "." + zeros,
                parts[0] + "." + parts[1] + ".",
                parts[0] + "." + parts[1] + ".!!!",
                parts[0] + "." + parts[1] + "." + parts[2].substring(0, 40),
                header("{\"alg\":\"none\"}") + "." + parts[1] + ".",
                header("{\"alg\":\"HS256\",\"typ\":\"espalier-permission+jwt\"}") + "." + parts[1] + "." + parts[2],
                header("{\"typ\":\"espalier-permission+jwt\",\"alg\":\"ES256\"}") + "." + parts[1] + "." + parts[2])) {
            assertRefused(Code.FORGED, A, new ActRequest(forged, "resync", APP));
        }
    }

    private static String header(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
    }

    @Test
    void everyChangedBitIsForged() {
        String text = authority.sign(given());
        int claims = text.indexOf('.') + 1;
        int signature = text.lastIndexOf('.');
        for (int at = claims; at < signature; at++) {
            String changed = text.substring(0, at) + (text.charAt(at) == 'A' ? 'B' : 'A') + text.substring(at + 1);
            assertRefused(Code.FORGED, A, new ActRequest(changed, "resync", APP));
        }
    }

    @Test
    void whatIsNoPermissionIsMalformed() {
        for (String text : List.of("", ".", "..", "a.b", "a.b.c.d", "x".repeat(PermissionText.MAX_CHARS + 1), "null")) {
            assertThatThrownBy(() -> check.use(A, new ActRequest(text, "resync", APP)))
                    .as(text)
                    .isInstanceOfSatisfying(PermissionException.class, refused -> assertThat(refused.code())
                            .isIn(Code.MALFORMED, Code.FORGED));
        }
        assertRefused(
                Code.MALFORMED,
                A,
                new ActRequest("x".repeat(3_000_000) + "." + "y".repeat(3_000_000) + ".z", "resync", APP));
    }

    @Test
    void signedClaimsThatBreakTheRulesAreRefused() {
        long now = clock.instant().getEpochSecond();
        String id = "\"jti\":\"0123456789abcdef\",\"sub\":\"a\",\"aud\":\"b\"";
        for (String claims : List.of(
                "{}",
                "null",
                "[1]",
                "{" + id + ",\"act\":\"resync\",\"nbf\":" + now + ",\"exp\":" + (now + 60) + "}",
                "{" + id + ",\"act\":\"explode\",\"res\":\"\",\"nbf\":" + now + ",\"exp\":" + (now + 60) + "}",
                "{" + id + ",\"act\":\"resync\",\"res\":\"\",\"nbf\":" + now + ",\"exp\":" + (now + 301) + "}",
                "{" + id + ",\"act\":\"resync\",\"res\":\"\",\"nbf\":" + now + ",\"exp\":" + now + "}",
                "{" + id + ",\"act\":\"resync\",\"res\":\"\",\"nbf\":1,\"exp\":" + Long.MAX_VALUE + "}",
                "{" + id.replace("0123456789abcdef", "../../x") + ",\"act\":\"resync\",\"res\":\"\",\"nbf\":" + now
                        + ",\"exp\":" + (now + 60) + "}")) {
            assertRefused(Code.MALFORMED, A, new ActRequest(authority.signClaims(claims), "resync", ""));
        }
    }

    @Test
    void aNodeThatHasNotJoinedPermitsNothing() throws Exception {
        check = PermissionCheck.open(B, Optional::empty, folder.resolve("other"), clock);
        assertRefused(Code.UNAVAILABLE, A, authority.request(given()));
    }

    @Test
    void whatCannotBeNotedIsNotPermitted() throws Exception {
        Path file = folder.resolve("permissions");
        Files.delete(file);
        Files.createDirectory(file);
        assertRefused(Code.UNAVAILABLE, A, authority.request(given()));
    }
}
