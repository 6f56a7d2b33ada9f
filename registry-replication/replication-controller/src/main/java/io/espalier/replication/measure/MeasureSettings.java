package io.espalier.replication.measure;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How nodes are measured.
 *
 * @param every how often all nodes measure again; zero is never
 * @param pingRounds requests to each peer, of which the median counts, 1 to 100
 * @param copyBytes what one copy transfers unless asked otherwise, 64 KiB to 1 GiB
 * @param copyLimitBytes most that one measurement by copies may send over all links together
 * @param perPeer how long a node may take for one peer, besides the time of the copy at 128 kB/s
 * @param patience how long a node may be silent in addition
 * @param joinDelay for how long nodes that join are gathered, so that they are measured together
 * @param defaultBytesPerSecond uplink and downlink of a node of which nothing is known
 * @param linkBytesPerSecond the limit put on every link; 0 is none. A link that carries as much says nothing about the nodes
 */
public record MeasureSettings(
        Duration every,
        int pingRounds,
        long copyBytes,
        long copyLimitBytes,
        Duration perPeer,
        Duration patience,
        Duration joinDelay,
        long defaultBytesPerSecond,
        long linkBytesPerSecond) {
    /** 100 Mbit/s where nothing is known, and no measurement but when nodes join. */
    public static final MeasureSettings DEFAULT = new MeasureSettings(
            Duration.ZERO,
            7,
            8_000_000,
            4_000_000_000L,
            // Connecting and eight requests, 600 ms there and back, as over a satellite.
            Duration.ofSeconds(7),
            Duration.ofSeconds(10),
            Duration.ofMillis(500),
            12_500_000,
            0);

    private static final long SLOWEST_BYTES_PER_SECOND = 128_000;

    public MeasureSettings {
        requireNonNull(every, "every is null");
        requireNonNull(perPeer, "perPeer is null");
        requireNonNull(patience, "patience is null");
        requireNonNull(joinDelay, "joinDelay is null");
        check("every", every.toMillis(), 0, Duration.ofDays(365).toMillis());
        check("pingRounds", pingRounds, 1, 100);
        check("copyBytes", copyBytes, 64 << 10, 1 << 30);
        check("copyLimitBytes", copyLimitBytes, 1, Long.MAX_VALUE);
        check("defaultBytesPerSecond", defaultBytesPerSecond, 1_000, Long.MAX_VALUE);
        check("linkBytesPerSecond", linkBytesPerSecond, 0, Long.MAX_VALUE);
    }

    public MeasureSettings withEvery(Duration interval) {
        return new MeasureSettings(
                interval,
                pingRounds,
                copyBytes,
                copyLimitBytes,
                perPeer,
                patience,
                joinDelay,
                defaultBytesPerSecond,
                linkBytesPerSecond);
    }

    public MeasureSettings withBandwidth(long unknownBytesPerSecond, long limitBytesPerSecond) {
        return new MeasureSettings(
                every,
                pingRounds,
                copyBytes,
                copyLimitBytes,
                perPeer,
                patience,
                joinDelay,
                unknownBytesPerSecond,
                limitBytesPerSecond);
    }

    public MeasureSettings withPatience(Duration peer, Duration silence, Duration join) {
        return new MeasureSettings(
                every,
                pingRounds,
                copyBytes,
                copyLimitBytes,
                peer,
                silence,
                join,
                defaultBytesPerSecond,
                linkBytesPerSecond);
    }

    /** How long the answer to an order is waited for. */
    Duration limit(MeasureOrder order, long bytes) {
        long copying = bytes * 1000 / SLOWEST_BYTES_PER_SECOND;
        return patience.plus(
                perPeer.plusMillis(copying).multipliedBy(order.peers().size()));
    }

    private static void check(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + value + "; use " + min + " to " + max + ".");
        }
    }
}
