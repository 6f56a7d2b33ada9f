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
    void aWindowThatIsForNobodyIsNamedButNotBeforeThereIsANode() {
        WindowRules rules = WindowRules.parse(
                List.of("branch=22:00-06:00 mon-fri", "paris=1:00-2:00", "center=1:00-2:00"), 0, List.of());
        Member center = node("center", "", true);
        assertThat(rules.idle(List.of(center))).isEmpty();
        assertThat(rules.idle(List.of(center, node("branch-1", "paris", false), node("branch-2", "", false)))
                        .values())
                .hasSize(2)
                .anySatisfy(sentence -> assertThat(sentence)
                        .contains("'branch=22:00-06:00 mon,tue,wed,thu,fri UTC'", "(branch-1 at paris, branch-2)"))
                .anySatisfy(sentence -> assertThat(sentence).contains("'center=01:00-02:00 UTC'", "the master"));
    }

    @Test
    void theTimesOfANodeAreThoseOfAllItsWindows() {
        WindowRules rules =
                WindowRules.parse(List.of("*=12:00-13:00 Europe/Berlin", "branch-1=22:00-06:00 sat"), 0, List.of());
        assertThat(rules.times(node("branch-1", "", false)))
                .isEqualTo("12:00-13:00 Europe/Berlin; 22:00-06:00 sat UTC");
        assertThat(rules.times(node("branch-1", "", true))).isEmpty();
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
