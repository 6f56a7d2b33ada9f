package io.espalier.engine.desk;

import static java.util.Objects.requireNonNull;

import io.espalier.engine.check.SmokeResult.Outcome;
import java.time.Instant;
import java.util.OptionalInt;

/**
 * What came of a test, as it is kept.
 *
 * @param id short, also the name of its log
 * @param rules fingerprint of the rules that it was tested by
 */
public record TestResult(
        String id,
        Purpose purpose,
        String repository,
        String tag,
        String digest,
        String rules,
        Outcome outcome,
        String sentence,
        OptionalInt exitCode,
        long tookMillis,
        Instant at) {
    private static final int FIELDS = 11;
    private static final String NO_CODE = "-";

    public TestResult {
        requireNonNull(id, "id is null");
        requireNonNull(purpose, "purpose is null");
        requireNonNull(repository, "repository is null");
        requireNonNull(tag, "tag is null");
        requireNonNull(digest, "digest is null");
        requireNonNull(rules, "rules is null");
        requireNonNull(outcome, "outcome is null");
        sentence = sentence.replaceAll("\\p{Cntrl}+", " ").strip();
        requireNonNull(exitCode, "exitCode is null");
        requireNonNull(at, "at is null");
    }

    public String image() {
        return repository + ":" + tag;
    }

    /** One line of text without its end. */
    String line() {
        String code = exitCode.isPresent() ? Integer.toString(exitCode.getAsInt()) : NO_CODE;
        return String.join(
                "\t",
                id,
                purpose.name(),
                repository,
                tag,
                digest,
                rules,
                outcome.name(),
                code,
                Long.toString(tookMillis),
                at.toString(),
                sentence);
    }

    /** @throws IllegalArgumentException or another unchecked exception when it is no such line */
    static TestResult parse(String line) {
        String[] field = line.split("\t", FIELDS);
        if (field.length != FIELDS || !field[0].matches("[0-9a-f]{8}")) {
            throw new IllegalArgumentException("no result");
        }
        return new TestResult(
                field[0],
                Purpose.valueOf(field[1]),
                field[2],
                field[3],
                field[4],
                field[5],
                Outcome.valueOf(field[6]),
                field[10],
                field[7].equals(NO_CODE) ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(field[7])),
                Long.parseLong(field[8]),
                Instant.parse(field[9]));
    }
}
