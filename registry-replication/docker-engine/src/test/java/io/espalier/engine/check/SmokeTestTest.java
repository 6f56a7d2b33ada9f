package io.espalier.engine.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.engine.check.ContainerState.Health;
import io.espalier.engine.check.EngineException.Code;
import io.espalier.engine.check.SmokeResult.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SmokeTestTest {
    private static final Duration LIMIT = Duration.ofMillis(900);
    private static final Duration STAY = Duration.ofMillis(300);

    private static SmokeRules own(boolean mustStayUp) {
        return new SmokeRules(List.of(), LIMIT, STAY, mustStayUp, Limits.DEFAULT);
    }

    private static SmokeRules command() {
        return new SmokeRules(List.of("/check"), LIMIT, STAY, true, Limits.DEFAULT);
    }

    private static ContainerState up(Health health) {
        return new ContainerState(true, 0, false, health);
    }

    private static ContainerState ended(int code) {
        return new ContainerState(false, code, false, Health.NONE);
    }

    private static SmokeResult run(FakeEngine engine, SmokeRules rules) throws Exception {
        SmokeResult result = new SmokeTest(engine, rules).run("image", Map.of());
        assertThat(engine.calls()).endsWith("remove c1");
        return result;
    }

    @Test
    void anImageThatStaysUpPasses() throws Exception {
        SmokeResult result = run(new FakeEngine().going(up(Health.NONE)), own(true));

        assertThat(result.outcome()).isEqualTo(Outcome.PASSED);
        assertThat(result.sentence()).startsWith("It still ran after 0.");
        assertThat(result.took()).isBetween(STAY, LIMIT);
    }

    @Test
    void anImageThatEndsWellPassesOnlyWhereItNeedNotStayUp() throws Exception {
        FakeEngine engine = new FakeEngine().going(ended(0));

        assertThat(run(engine, own(false)).outcome()).isEqualTo(Outcome.PASSED);
        SmokeResult held = run(engine, own(true));
        assertThat(held.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(held.sentence()).contains("ended with code 0").contains("should stay up");
    }

    @Test
    void anExitCodeFailsWithTheLastWords() throws Exception {
        SmokeResult result = run(
                new FakeEngine().going(up(Health.NONE), ended(3)).printing("one\nno config\n".getBytes(UTF_8)),
                own(false));

        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.exitCode()).hasValue(3);
        assertThat(result.sentence()).contains("ended with code 3").contains("'no config'");
    }

    @Test
    void theHealthcheckDecidesWhereThereIsOne() throws Exception {
        SmokeResult healthy = run(new FakeEngine().going(up(Health.STARTING), up(Health.HEALTHY)), own(true));
        SmokeResult unhealthy = run(new FakeEngine().going(up(Health.STARTING), up(Health.UNHEALTHY)), own(false));
        SmokeResult never = run(new FakeEngine().going(up(Health.STARTING)), own(false));

        assertThat(healthy.outcome()).isEqualTo(Outcome.PASSED);
        assertThat(healthy.took()).isGreaterThanOrEqualTo(STAY);
        assertThat(unhealthy.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(never.sentence()).contains("not healthy within the time limit of 0.9 s");
    }

    @Test
    void theCommandDecidesByItsExitCodeWithinTheTimeLimit() throws Exception {
        SmokeResult good = run(new FakeEngine().going(ended(0)), command());
        SmokeResult bad = run(new FakeEngine().going(ended(1)), command());
        SmokeResult endless = run(new FakeEngine().going(up(Health.HEALTHY)), command());

        assertThat(good.sentence()).startsWith("Its test command ended with code 0");
        assertThat(good.outcome()).isEqualTo(Outcome.PASSED);
        assertThat(bad.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(endless.sentence()).contains("time limit of 0.9 s and was killed");
        assertThat(endless.took()).isGreaterThanOrEqualTo(LIMIT);
    }

    @Test
    void wantOfMemoryIsNamed() throws Exception {
        SmokeResult result = run(new FakeEngine().going(new ContainerState(false, 137, true, Health.NONE)), own(true));

        assertThat(result.sentence()).contains("more than the 512 MiB").contains("code 137");
    }

    @Test
    void aProgramThatCannotBeStartedFailsButAnEngineThatFailsSaysNothingOfTheImage() throws Exception {
        SmokeResult refused = run(new FakeEngine().failingToStart(Code.REFUSED, "exec: /nope: not found."), own(true));
        FakeEngine full = new FakeEngine().failingToStart(Code.FAILED, "no space left on device.");
        FakeEngine away = new FakeEngine().awayOnLook();

        assertThat(refused.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(refused.sentence()).isEqualTo("It cannot be started: exec: /nope: not found.");
        assertThatThrownBy(() -> new SmokeTest(full, own(true)).run("image", Map.of()))
                .isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> new SmokeTest(away, own(true)).run("image", Map.of()))
                .isInstanceOf(EngineException.class);
        assertThat(full.calls()).endsWith("remove c1");
        assertThat(away.calls()).endsWith("remove c1");
        assertThat(new SmokeTest(new FakeEngine().failingToCreate(Code.REFUSED, "No such option."), own(true))
                        .run("image", Map.of())
                        .sentence())
                .isEqualTo("No container can be made of it: No such option.");
    }

    @Test
    void anInterruptedTestRemovesItsContainer() {
        FakeEngine engine = new FakeEngine().going(up(Health.NONE));
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> new SmokeTest(engine, own(true)).run("image", Map.of()))
                .isInstanceOf(InterruptedException.class);
        assertThat(engine.calls()).endsWith("remove c1");
    }

    @Test
    void limitsThatNoEngineTakesAreRefused() {
        assertThatThrownBy(() -> new Limits(1, 1, 1, "none", false)).hasMessageContaining("memory-bytes");
        assertThatThrownBy(() -> new Limits(64 << 20, 0, 1, "none", false)).hasMessageContaining("cpus");
        assertThatThrownBy(() -> new Limits(64 << 20, 1, 0, "none", false)).hasMessageContaining("pids");
        assertThatThrownBy(() -> new Limits(64 << 20, 1, 1, "host", false)).hasMessageContaining("network");
        assertThatThrownBy(() -> new Limits(64 << 20, 1, 1, "container:x", false))
                .hasMessageContaining("network");
        assertThatThrownBy(() -> new SmokeRules(List.of(), STAY, LIMIT, false, Limits.DEFAULT))
                .hasMessageContaining("stay-up-seconds");
    }
}
