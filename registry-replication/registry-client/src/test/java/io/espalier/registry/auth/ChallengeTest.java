package io.espalier.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.name.RepositoryName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChallengeTest {
    @Test
    void keepsCommasInQuotes() {
        List<Challenge> found = Challenge.parse(
                List.of(
                        "Bearer realm=\"https://auth.example.com/token\",service=\"reg\",scope=\"repository:a:pull,push repository:b:pull\",error=\"insufficient_scope\""));
        assertThat(found).hasSize(1);
        Challenge bearer = found.get(0);
        assertThat(bearer.scheme()).isEqualTo("bearer");
        assertThat(bearer.parameter("realm")).isEqualTo("https://auth.example.com/token");
        assertThat(bearer.scopes()).containsExactly("repository:a:pull,push", "repository:b:pull");
        assertThat(bearer.parameter("error")).isEqualTo("insufficient_scope");
    }

    @Test
    void readsSeveralChallengesInOneHeaderAndInMany() {
        assertThat(Challenge.parse(List.of("Negotiate, Basic realm=\"a \\\"b\\\", c\" , BEARER Realm=x", "Digest")))
                .extracting(Challenge::scheme)
                .containsExactly("negotiate", "basic", "bearer", "digest");
        assertThat(Challenge.parse(List.of("Basic realm=\"a \\\"b\\\", c\""))
                        .get(0)
                        .parameter("realm"))
                .isEqualTo("a \"b\", c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",,,",
                "=",
                "Bearer =",
                "Bearer realm=\"",
                "\"",
                "Bearer realm=\"a",
                "a=b",
                "\\",
                "Bearer \"x\""
            })
    void survivesWhatIsNoChallenge(String header) {
        assertThat(Challenge.parse(List.of(header)))
                .allMatch(found -> !found.scheme().isEmpty());
    }

    @Test
    void knowsWhetherAScopeIsCovered() {
        Access push = Access.push(RepositoryName.of("a"));
        assertThat(push.covers(List.of("repository:a:pull"))).isTrue();
        assertThat(push.covers(List.of("repository:a:push,pull"))).isTrue();
        assertThat(push.covers(List.of("repository:a:delete"))).isFalse();
        assertThat(push.covers(List.of("repository:b:pull"))).isFalse();
        assertThat(push.covers(List.of("strange"))).isFalse();
    }
}
