package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

import java.util.BitSet;

/**
 * A part of every blob of an image: each {@code count}-th chunk. Which chunk begins is drawn from the blob's digest, so that many
 * blobs of one chunk are spread over all stripes, and so that everybody finds the same without knowing the image.
 *
 * @param number from 0
 * @param count how many stripes there are, at least 1
 */
public record Stripe(int number, int count) {
    /** So many trees are planned at most. */
    public static final int MOST = 16;
    /** All chunks. */
    public static final Stripe WHOLE = new Stripe(0, 1);

    /** @throws IllegalArgumentException when there is no such stripe */
    public Stripe {
        if (count < 1 || count > MOST || number < 0 || number >= count) {
            throw new IllegalArgumentException("There is no stripe " + number + " of " + count + "; there are 1 to "
                    + MOST + " stripes, counted from 0.");
        }
    }

    /**
     * Whether a chunk belongs to it.
     *
     * @param blob digest, {@code sha256:} and hex digits
     */
    public boolean has(String blob, int chunk) {
        return Math.floorMod(chunk + (long) requireNonNull(blob, "blob is null").hashCode(), count) == number;
    }

    /** The first so many chunks of a blob that are not of this stripe. */
    public BitSet others(String blob, int chunks) {
        BitSet others = new BitSet(chunks);
        for (int chunk = 0; chunk < chunks; chunk++) {
            others.set(chunk, !has(blob, chunk));
        }
        return others;
    }

    /** Whether a chunk may be of both, of a blob that is long enough. */
    public boolean meets(Stripe other) {
        int common = greatestCommonDivisor(count, other.count);
        return number % common == other.number % common;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    /** As {@code 0/1}. */
    @Override
    public String toString() {
        return number + "/" + count;
    }
}
