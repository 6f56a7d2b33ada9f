package io.espalier.replication.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronScheduleTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* * * * *           | 2026-03-04T10:17:30Z | 2026-03-04T10:18:00Z",
                "*/15 * * * *        | 2026-03-04T10:17:30Z | 2026-03-04T10:30:00Z",
                "0 2 * * *           | 2026-03-04T10:17:30Z | 2026-03-05T02:00:00Z",
                "30 22-23,1 * * mon-fri | 2026-03-06T23:30:00Z | 2026-03-09T01:30:00Z",
                "0 0 29 feb *        | 2026-03-04T10:17:30Z | 2028-02-29T00:00:00Z",
                "0 0 13 * fri        | 2026-03-04T10:17:30Z | 2026-03-06T00:00:00Z",
                "0 0 * * 7           | 2026-03-04T10:17:30Z | 2026-03-08T00:00:00Z",
                "5/20 8 1 1 *        | 2026-03-04T10:17:30Z | 2027-01-01T08:05:00Z",
            })
    void findsTheNextTime(String expression, String after, String next) {
        assertThat(CronSchedule.parse(expression).next(ZonedDateTime.parse(after)))
                .contains(ZonedDateTime.parse(next));
    }

    @Test
    void dayThatNeverComesHasNoTime() {
        assertThat(CronSchedule.parse("0 0 30 2 *").next(ZonedDateTime.parse("2026-03-04T10:17:30Z")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * * 13 *",
                "a * * * *",
                "*/0 * * * *",
                "5-1 * * * *",
                "1,,2 * * * *",
                "- * * * *",
                "1- * * * *"
            })
    void wrongExpressionsAreRefused(String expression) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CronSchedule.parse(expression))
                .withMessageContaining("is no schedule");
    }
}
