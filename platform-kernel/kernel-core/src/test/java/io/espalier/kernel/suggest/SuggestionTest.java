package io.espalier.kernel.suggest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class SuggestionTest {
    @Test
    void caseAndMarksCountAsNothing() {
        assertThat(Suggestion.nearest("queueBytes", List.of("queue-bytes", "queue-size")))
                .contains("queue-bytes");
    }

    @Test
    void wordThatIsFarFromAllGetsNone() {
        assertThat(Suggestion.nearest("weather", List.of("port", "queue-bytes")))
                .isEmpty();
        assertThat(Suggestion.hint("weather", List.of())).isEqualTo("none is known.");
    }

    @Property(tries = 200)
    void oneLetterLeftOutIsAlwaysFound(
            @ForAll @AlphaChars @StringLength(min = 4, max = 30) String word, @ForAll @IntRange(max = 29) int at) {
        int gap = at % word.length();
        String typo = word.substring(0, gap) + word.substring(gap + 1);
        assertThat(Suggestion.nearest(typo, List.of(word))).contains(word);
    }

    @Property(tries = 200)
    void distanceIsSymmetricAndZeroOnlyForEqualWords(
            @ForAll @AlphaChars @StringLength(max = 12) String a,
            @ForAll @AlphaChars @StringLength(max = 12) String b) {
        assertThat(Suggestion.distance(a, b)).isEqualTo(Suggestion.distance(b, a));
        assertThat(Suggestion.distance(a, b) == 0).isEqualTo(a.equals(b));
    }
}
