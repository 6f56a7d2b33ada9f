package io.espalier.kafka.supervisor;

import io.espalier.kafka.embedded.BrokerMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows what a child prints until it ends: into the log file, and the two lines of {@link BrokerMain} to their use. */
final class ChildOutput {
    private static final Logger log = LoggerFactory.getLogger(ChildOutput.class);
    private static final long MOST_LOG_BYTES = 4L << 20;

    private final Path logFile;
    private String failure = "";

    ChildOutput(Path logFile) {
        this.logFile = logFile;
    }

    /** Returns when the stream ends; a log file that cannot be written stops the log, never the child. */
    void follow(InputStream stream, Runnable onReady) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
                BoundedLog file = new BoundedLog(logFile, MOST_LOG_BYTES)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                interpret(line, onReady);
                file.add(line);
            }
        } catch (IOException e) {
            log.warn("Tried to write the broker's output to {} but got: {}; the broker goes on without.", logFile, e);
            drain(stream, onReady);
        }
    }

    /** The broker's own sentence about why it did not start; empty when there was none. */
    String failure() {
        return failure;
    }

    private void interpret(String line, Runnable onReady) {
        if (line.startsWith(BrokerMain.READY + " ")) {
            onReady.run();
        } else if (line.startsWith(BrokerMain.FAILED + " ")) {
            failure = line.substring(BrokerMain.FAILED.length() + 1);
        }
    }

    /** A full pipe would block the child. */
    private void drain(InputStream stream, Runnable onReady) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                interpret(line, onReady);
            }
        } catch (IOException ended) {
            log.debug("The broker's output has ended", ended);
        }
    }
}
