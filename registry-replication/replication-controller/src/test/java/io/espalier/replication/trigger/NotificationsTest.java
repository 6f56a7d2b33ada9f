package io.espalier.replication.trigger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.espalier.replication.trigger.Notifications.Outcome;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotificationsTest {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    private final List<String> heard = new ArrayList<>();
    private boolean full;
    private final TagListener listener =
            (repository, reference, digest) -> !full && heard.add(repository + " " + reference);
    private final Notifications notifications = new Notifications("s3cret", List.of("espalier-"), listener);

    private static byte[] envelope(String... events) {
        return ("{\"events\":[" + String.join(",", events) + "]}").getBytes(UTF_8);
    }

    private static String event(String action, String repository, String tag, String type, String agent) {
        return "{\"id\":\"1\",\"action\":\"" + action + "\",\"target\":{\"mediaType\":\"" + type + "\",\"digest\":\""
                + DIGEST + "\",\"repository\":\"" + repository + "\""
                + (tag.isEmpty() ? "" : ",\"tag\":\"" + tag + "\"")
                + "},\"request\":{\"useragent\":\"" + agent + "\"}}";
    }

    private Outcome receive(byte[] body) {
        return notifications.receive("Bearer s3cret", body);
    }

    @Test
    void pushOfATagIsHeard() {
        assertThat(receive(envelope(event("push", "shop/web", "1.0", MANIFEST, "docker/28"))))
                .isEqualTo(Outcome.TAKEN);
        assertThat(heard).containsExactly("shop/web 1.0");
    }

    @Test
    void everyTagOfAnEnvelopeIsHeard() {
        receive(envelope(
                event("push", "shop/web", "1.0", MANIFEST, ""), event("push", "shop/web", "latest", MANIFEST, "")));

        assertThat(heard).containsExactly("shop/web 1.0", "shop/web latest");
    }

    @Test
    void manifestWithoutTagIsHeardByItsDigestAndBlobsPullsAndDeletesAreNot() {
        receive(envelope(
                event("push", "shop/web", "", MANIFEST, ""),
                event("push", "shop/web", "", "application/octet-stream", ""),
                event("pull", "shop/web", "1.0", MANIFEST, ""),
                event("delete", "shop/web", "1.0", MANIFEST, "")));

        assertThat(heard).containsExactly("shop/web " + DIGEST);
    }

    @Test
    void writesOfRelaysAreLeftOut() {
        receive(envelope(event("push", "shop/web", "1.0", MANIFEST, "espalier-relay/0.1")));

        assertThat(heard).isEmpty();
        assertThat(notifications.ownEvents()).isEqualTo(1);
    }

    @Test
    void impossibleNamesAreLeftOut() {
        receive(envelope(
                event("push", "../etc", "1.0", MANIFEST, ""),
                event("push", "shop/web", "a b", MANIFEST, ""),
                event("push", "shop/web", "1.0", MANIFEST, "")));

        assertThat(heard).containsExactly("shop/web 1.0");
    }

    @Test
    void tokenIsTakenAsBearerOrAsBasicPassword() {
        byte[] body = envelope(event("push", "shop/web", "1.0", MANIFEST, ""));
        String basic = Base64.getEncoder().encodeToString("registry:s3cret".getBytes(UTF_8));

        assertThat(notifications.receive("bearer s3cret", body)).isEqualTo(Outcome.TAKEN);
        assertThat(notifications.receive("Basic " + basic, body)).isEqualTo(Outcome.TAKEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Bearer", "Bearer s3cre", "Bearer s3crets", "Basic s3cret", "Basic !!", "Digest s3cret"})
    void wrongTokensAreForbiddenBeforeTheBodyIsRead(String header) {
        assertThat(notifications.receive(header, "no json".getBytes(UTF_8))).isEqualTo(Outcome.FORBIDDEN);
        assertThat(notifications.receive(null, new byte[0])).isEqualTo(Outcome.FORBIDDEN);
    }

    @Test
    void withoutATokenAllAreTaken() {
        Notifications open = new Notifications("", List.of(), listener);
        assertThat(open.receive(null, envelope())).isEqualTo(Outcome.TAKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"events\":7}", "{\"events\":[", "\u0000", "{\"events\":{}}"})
    void malformedBodiesAreRefused(String body) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> receive(body.getBytes(UTF_8)))
                .withMessageContaining("envelope");
    }

    @Test
    void deepNestingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> receive(("{\"events\":" + "[".repeat(5_000)).getBytes(UTF_8)));
    }

    @Test
    void strangeEventsAreLeftOut() {
        assertThat(receive(envelope("7", "null", "{}", "{\"action\":\"push\",\"target\":3}")))
                .isEqualTo(Outcome.TAKEN);
        assertThat(heard).isEmpty();
    }

    @Test
    void fullQueueIsSaidSoThatTheRegistryRepeatsIt() {
        full = true;
        assertThat(receive(envelope(event("push", "shop/web", "1.0", MANIFEST, ""))))
                .isEqualTo(Outcome.BUSY);
    }

    @Test
    void aDeleteMakesSomebodyLookButNamesNoTag() {
        List<String> looks = new ArrayList<>();
        Notifications hearing = new Notifications("", List.of(), listener, () -> looks.add("look"));

        hearing.receive(null, envelope(event("delete", "shop/web", "", "", "curl")));
        hearing.receive(null, envelope(event("pull", "shop/web", "1.0", MANIFEST, "curl")));

        assertThat(looks).containsExactly("look");
        assertThat(heard).isEmpty();
    }
}
