package io.espalier.kafka.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerArgumentsTest {
    @Test
    void readsBackTheCommandLineThatItWrote() {
        BrokerSettings settings = BrokerSettings.inFolder(Path.of("a folder"))
                .withPort(9092)
                .asNode(2, 9093)
                .withProperty("num.io.threads", "3")
                .withProperty("log.retention.ms", "a=b");
        BrokerArguments arguments = BrokerArguments.parse(BrokerMain.commandLine(settings));
        assertThat(arguments).isEqualTo(new BrokerArguments(settings, true));
    }

    @ParameterizedTest
    @CsvSource({
        "--port 1,                      --data is missing",
        "--data,                        --data lacks its value",
        "--data x --port many,          which is no number",
        "--data x --port 99999,         must be from 0 to 65535",
        "--data x --set =y,             not NAME=VALUE",
        "--data x --datta y,            --datta is unknown",
        "--data x --node 2,             needs the controllerPort",
    })
    void saysWhatIsWrong(String line, String sentence) {
        assertThatThrownBy(() -> BrokerArguments.parse(List.of(line.split(" "))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(sentence);
    }
}
