package io.espalier.file.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.file.writer.WriterStatus;
import io.espalier.file.writer.WriterStatus.State;
import java.util.List;
import org.apache.felix.hc.api.Result;
import org.junit.jupiter.api.Test;

class FileHealthTest {
    @Test
    void isWellWhileEveryStreamIsWritten() {
        Result result = FileHealth.result(List.of(new WriterStatus(State.WRITING, "", List.of())));

        assertThat(result.getStatus()).isEqualTo(Result.Status.OK);
        assertThat(result.toString()).contains("streams=1 waiting=0");
    }

    @Test
    void saysWhyAStreamIsNotWritten() {
        Result result = FileHealth.result(List.of(
                new WriterStatus(State.WRITING, "", List.of()),
                new WriterStatus(State.NO_OUTPUT, "Tried to write it but the disk is full.", List.of())));

        assertThat(result.getStatus()).isEqualTo(Result.Status.WARN);
        assertThat(result.toString())
                .contains("streams=2 waiting=1")
                .contains("Tried to write it but the disk is full.");
    }
}
