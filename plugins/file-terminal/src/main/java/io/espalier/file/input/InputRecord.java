package io.espalier.file.input;

import io.espalier.stream.record.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * One record as it came in.
 *
 * @param offset its place in its partition
 * @param headers what it says of itself, or null when it does not say so in the agreed form, as one does not that another
 *     program has put into the topic
 * @param payload its bytes, not to be changed; null when the record has none
 */
@SuppressWarnings("ArrayRecordComponent")
public record InputRecord(long offset, @Nullable RecordHeaders headers, byte @Nullable [] payload) {}
