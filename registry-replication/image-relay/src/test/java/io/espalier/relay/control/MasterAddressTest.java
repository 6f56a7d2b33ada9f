package io.espalier.relay.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MasterAddressTest {
    @Test
    void readsHostAndPort() {
        assertThat(MasterAddress.parse("reg.example.org:8490", false)).hasToString("reg.example.org:8490");
        assertThat(MasterAddress.parse("[::1]:8490", false).host()).isEqualTo("::1");
        assertThat(MasterAddress.parse("[::1]:8490", false)).hasToString("[::1]:8490");
    }

    @Test
    void saysWhatIsWrong() {
        for (String wrong : new String[] {"", "host", "host:", ":80", "host:0", "host:65536", "host:x"}) {
            assertThatThrownBy(() -> MasterAddress.parse(wrong, false))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("HOST:PORT");
        }
    }

    @Test
    void everyAddressOfANameHasItsTurn() throws Exception {
        MasterAddress master = new MasterAddress(
                "m",
                1,
                false,
                host -> List.of(InetAddress.getAllByName("::1")[0], InetAddress.getAllByName("10.0.0.1")[0]));
        assertThat(master.resolve(0)).isEqualTo("[::1]");
        assertThat(master.resolve(1)).isEqualTo("10.0.0.1");
        assertThat(master.resolve(2)).isEqualTo("[::1]");
        assertThat(master.resolve(-1)).isEqualTo("10.0.0.1");
        assertThatThrownBy(() -> new MasterAddress("m", 1, false, host -> List.of()).resolve(0))
                .isInstanceOf(UnknownHostException.class);
    }
}
