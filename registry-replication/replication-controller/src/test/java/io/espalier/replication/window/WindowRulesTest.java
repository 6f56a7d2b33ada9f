package io.espalier.replication.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.member.Member;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowRulesTest {
    /** A Thursday. */
    private static final String DAY = "2026-01-01T";

    private static Member node(String name, String site, boolean master) {
        Instant now = Instant.EPOCH;
        return new Member(new NodeId(name), name, 8490, "", site, master, true, now, now, NodeCapacity.NONE, "");
    }

    private static Optional<Instant> opens(String window, String time) {
        return WindowRules.parse(List.of(window), 0, List.of())
                .opensAt(node("branch-1", "paris", false), Instant.parse(time));
    }

    @Test
    void aNightGoesOverMidnight() {
        assertThat(opens("branch-*=22:00-06:00", DAY + "05:59:59Z")).isEmpty();
        assertThat(opens("branch-*=22:00-06:00", DAY + "06:00:00Z")).contains(Instant.parse(DAY + "22:00:00Z"));
        assertThat(opens("branch-*=22:00-06:00", DAY + "22:00:00Z")).isEmpty();
    }

    @Test
    void daysAreThoseOnWhichItOpens() {
        assertThat(opens("branch-1=22:00-06:00 sat,sun", DAY + "23:00:00Z"))
                .contains(Instant.parse("2026-01-03T22:00:00Z"));
        assertThat(opens("branch-1=22:00-06:00 thu-fri", "2026-01-03T05:00:00Z"))
                .as("still Friday's night")
                .isEmpty();
        assertThat(opens("branch-1=22:00-06:00 fri-mon", DAY + "23:00:00Z"))
                .contains(Instant.parse("2026-01-02T22:00:00Z"));
    }

    @Test
    void timesAreThoseOfTheZoneAlsoWhenItsClockChanges() {
        assertThat(opens("paris=22:00-06:00 Europe/Berlin", DAY + "21:30:00Z")).isEmpty();
        assertThat(opens("paris=22:00-06:00 Europe/Berlin", "2026-07-01T20:30:00Z"))
                .isEmpty();
        // On 2026-03-29 the clock goes from 2:00 to 3:00.
        assertThat(opens("paris=2:30-4:00 Europe/Berlin", "2026-03-29T01:15:00Z"))
                .contains(Instant.parse("2026-03-29T01:30:00Z"));
    }

    @Test
    void nodesOfOtherNamesAndTheMasterTakeImagesAlways() {
        WindowRules rules = WindowRules.parse(List.of("branch-*=22:00-06:00"), 0, List.of());
        Instant noon = Instant.parse(DAY + "12:00:00Z");
        assertThat(rules.opensAt(node("center", "", false), noon)).isEmpty();
        assertThat(rules.opensAt(node("branch-0", "", true), noon)).isEmpty();
        assertThat(rules.opensAt(node("branch-1", "", false), noon)).isPresent();
    }

    @Test
    void oneOfSeveralWindowsIsEnough() {
        WindowRules rules = WindowRules.parse(List.of("*=12:00-13:00", "branch-1=22:00-06:00"), 0, List.of());
        assertThat(rules.opensAt(node("branch-1", "", false), Instant.parse(DAY + "12:30:00Z")))
                .isEmpty();
        assertThat(rules.opensAt(node("branch-1", "", false), Instant.parse(DAY + "10:00:00Z")))
                .contains(Instant.parse(DAY + "12:00:00Z"));
    }

    @Test
    void smallImagesAndExemptRepositoriesDoNotWait() {
        WindowRules rules = WindowRules.parse(List.of("*=22:00-06:00"), 1_000, List.of("hotfix/*"));
        assertThat(rules.isSubject("shop/web", 1_001)).isTrue();
        assertThat(rules.isSubject("shop/web", 1_000)).isFalse();
        assertThat(rules.isSubject("hotfix/web", 1_001)).isFalse();
        assertThat(WindowRules.parse(List.of("*=22:00-06:00"), 0, List.of()).isSubject("shop/web", 0))
                .as("no glob exempts nothing")
                .isTrue();
        assertThat(WindowRules.NONE.isSubject("shop/web", 1)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "22:00-06:00",
                "a=22-06",
                "a=24:00-06:00",
                "a=22:00-06:60",
                "a=22:00-06:00 someday",
                "a=22:00-06:00 mon-fri Europe/Berlin x",
                "!a=22:00-06:00",
                "a=22:00-06:00 Europe/Nowhere"
            })
    void whatIsNoWindowIsRefusedWithASentence(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TimeWindow.parse(text))
                .withMessageContaining("'" + text + "' is no window;");
    }
}
