package io.espalier.testkit.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.testkit.program.ProgramCheck.Verdict;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgramCheckTest {
    private static final Map<String, String> DESK = Map.of("PATH", "/nowhere:/bin:/usr/bin");
    private static final Map<String, String> CI = Map.of("PATH", "/nowhere", "CI", "true");

    @Test
    void runsWithTheProgram() {
        assertThat(ProgramCheck.verdict("sh", "", DESK)).isEqualTo(new Verdict.Run());
    }

    @Test
    void skipsWithTheReasonAndThePackage() {
        assertThat(ProgramCheck.verdict("no-such", "its-package", DESK))
                .isEqualTo(new Verdict.Skip(
                        "The program no-such is not on the PATH; install it with: apt-get install its-package"));
    }

    @Test
    void failsWhereCheckInstallsTheProgram() {
        assertThat(ProgramCheck.verdict("kcat", "", CI)).isInstanceOf(Verdict.Fail.class);
        assertThat(ProgramCheck.verdict("no-such", "", CI)).isInstanceOf(Verdict.Skip.class);
    }

    @Test
    @RequiresProgram("no-such-program")
    void neverRunsThisTest() {
        throw new AssertionError("It has run although the program is missing.");
    }

    @Test
    @RequiresProgram("sh")
    void runsThisTest() {
        assertThat(ProgramCheck.INSTALLED_BY_CHECK).contains("kcat");
    }
}
