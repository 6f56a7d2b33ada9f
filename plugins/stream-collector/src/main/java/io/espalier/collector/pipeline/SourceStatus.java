package io.espalier.collector.pipeline;

import io.espalier.collector.file.FileIdentity;
import java.nio.file.Path;

/**
 * How far a source is, for people and for reconciliation.
 *
 * @param number the source's number in its stream's store
 * @param path where the file was found
 * @param file which file it is
 * @param offset up to where it has been read, in bytes
 * @param size its size in bytes when last looked at
 * @param readSeq how many records have been read
 * @param ackedSeq how many are settled: acknowledged by the gateway, or refused by it and kept aside
 * @param ackedOffset up to where they reach, in bytes
 * @param state {@code reading}, {@code draining} (renamed or deleted), {@code unreadable} or {@code finished}
 */
public record SourceStatus(
        long number,
        Path path,
        FileIdentity file,
        long offset,
        long size,
        long readSeq,
        long ackedSeq,
        long ackedOffset,
        String state) {}
