package io.espalier.bench.sites;

import java.util.Arrays;

/**
 * When an image was at the sites, and what it cost.
 *
 * @param seconds from the manifest's PUT at the master to the readable tag, for each site but the master, ascending
 * @param sent bytes by sending and receiving site
 */
@SuppressWarnings("ArrayRecordComponent") // read, not compared
public record Arrival(double[] seconds, long[][] sent) {
    /** The time when this share of the sites had it. */
    public double at(double share) {
        return seconds[Math.max(0, (int) Math.ceil(share * seconds.length) - 1)];
    }

    public long masterBytes() {
        return Arrays.stream(sent[0]).sum();
    }

    /** Bytes between regions. */
    public long wanBytes(SiteMap map) {
        long bytes = 0;
        for (int from = 0; from < sent.length; from++) {
            for (int to = 0; to < sent.length; to++) {
                if (map.region(from) != map.region(to)) {
                    bytes += sent[from][to];
                }
            }
        }
        return bytes;
    }

    static long[][] difference(long[][] after, long[][] before) {
        long[][] result = new long[after.length][];
        for (int from = 0; from < after.length; from++) {
            result[from] = after[from].clone();
            for (int to = 0; to < result[from].length; to++) {
                result[from][to] -= before[from][to];
            }
        }
        return result;
    }
}
