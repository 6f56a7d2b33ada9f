package io.espalier.collector.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.collector.StreamStatus;
import io.espalier.stream.id.StreamId;
import java.util.Collections;
import java.util.List;
import org.apache.felix.hc.api.Result;
import org.junit.jupiter.api.Test;

class CollectorHealthTest {
    @Test
    void isWellWhileEveryStreamIsSent() {
        Result result = CollectorHealth.result(List.of(stream("a.b.one", ""), stream("a.b.two", "")));

        assertThat(result.getStatus()).isEqualTo(Result.Status.OK);
        assertThat(result.toString()).contains("streams=2 waiting=0");
    }

    @Test
    void namesTheStreamThatCannotBeSentAndWhy() {
        Result result = CollectorHealth.result(
                List.of(stream("a.b.one", ""), stream("a.b.two", "The gateway answered 503 NOT_STORED: no answer.")));

        assertThat(result.getStatus()).isEqualTo(Result.Status.WARN);
        assertThat(result.toString())
                .contains("a.b.two waits: The gateway answered 503 NOT_STORED: no answer.")
                .doesNotContain("a.b.one");
    }

    @Test
    void namesNoMoreStreamsThanFitALine() {
        Result result = CollectorHealth.result(Collections.nCopies(9, stream("a.b.two", "Nobody listens.")));

        assertThat(result.toString()).contains("waiting=9").contains("More in collector:sources.");
        assertThat(result.toString().split("waits:", -1)).hasSize(4);
    }

    private static StreamStatus stream(String id, String trouble) {
        return new StreamStatus(StreamId.parse(id), List.of(), 0, 0, 0, 0, trouble);
    }
}
