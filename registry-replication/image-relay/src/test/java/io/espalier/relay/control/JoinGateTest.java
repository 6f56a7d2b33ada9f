package io.espalier.relay.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class JoinGateTest {
    private final AtomicLong now = new AtomicLong(1000);
    private final JoinGate gate = new JoinGate(now::get);

    @Test
    void waitsGrowAfterTheFifthRefusal() {
        for (int i = 0; i < 4; i++) {
            gate.refused("10.0.0.1");
            assertThat(gate.waitMillis("10.0.0.1")).isZero();
        }
        gate.refused("10.0.0.1");
        assertThat(gate.waitMillis("10.0.0.1")).isEqualTo(1000);
        assertThat(gate.waitMillis("10.0.0.2")).isZero();
        now.addAndGet(1000);
        assertThat(gate.waitMillis("10.0.0.1")).isZero();
        gate.refused("10.0.0.1");
        assertThat(gate.waitMillis("10.0.0.1")).isEqualTo(2000);
        for (int i = 0; i < 100; i++) {
            gate.refused("10.0.0.1");
        }
        assertThat(gate.waitMillis("10.0.0.1")).isEqualTo(60_000);
    }

    @Test
    void goodTokenEndsTheSuspicion() {
        for (int i = 0; i < 9; i++) {
            gate.refused("10.0.0.1");
        }
        gate.accepted("10.0.0.1");
        assertThat(gate.waitMillis("10.0.0.1")).isZero();
    }

    @Test
    void remembersABoundedNumberOfAddresses() {
        for (int i = 0; i < 9; i++) {
            gate.refused("first");
        }
        for (int i = 0; i < 2000; i++) {
            gate.refused("address " + i);
        }
        assertThat(gate.waitMillis("first")).isZero();
    }
}
