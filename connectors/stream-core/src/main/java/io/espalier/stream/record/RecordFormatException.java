package io.espalier.stream.record;

/** Says in one sentence why a Kafka record does not carry the headers of docs/formats/record.md. */
public final class RecordFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    public RecordFormatException(String sentence) {
        super(sentence);
    }
}
