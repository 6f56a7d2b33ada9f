package io.espalier.quality.reconcile;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A set of sequence numbers below a limit, one bit each, in pages of 65,536 that come into being when needed. A page that is
 * complete is given up for a mark, so a source without loss takes almost nothing: ten million numbers in any order take
 * 1.3 MB at most. For one thread.
 */
final class SequenceSet {
    private static final int PAGE_BITS = 1 << 16;
    private static final long[] COMPLETE = {};

    private final long limit;
    private final Map<Long, Page> pages = new HashMap<>();
    private long size;

    /** A set of numbers from 0 up to, not including, {@code limit}. */
    SequenceSet(long limit) {
        this.limit = limit;
    }

    private static final class Page {
        private long[] words = new long[PAGE_BITS / Long.SIZE];
        private int size;
    }

    /** What became of a number that was to be added. */
    enum Added {
        NEW,
        KNOWN,
        BEYOND_LIMIT
    }

    Added add(long number) {
        if (number < 0 || number >= limit) {
            return Added.BEYOND_LIMIT;
        }
        Page page = pages.computeIfAbsent(number / PAGE_BITS, key -> new Page());
        int bit = (int) (number % PAGE_BITS);
        if (contains(page, bit)) {
            return Added.KNOWN;
        }
        page.words[bit / Long.SIZE] |= 1L << bit;
        size++;
        if (++page.size == PAGE_BITS) {
            page.words = COMPLETE;
        }
        return Added.NEW;
    }

    private static boolean contains(@Nullable Page page, int bit) {
        return page != null && (page.size == PAGE_BITS || (page.words[bit / Long.SIZE] & 1L << bit) != 0);
    }

    /** How many numbers are in the set. */
    long size() {
        return size;
    }

    long limit() {
        return limit;
    }

    /** The lowest number that is missing; the limit when none is. */
    long firstMissing() {
        long number = 0;
        while (number < limit) {
            Page page = pages.get(number / PAGE_BITS);
            if (page != null && page.size == PAGE_BITS) {
                number += PAGE_BITS;
            } else if (contains(page, (int) (number % PAGE_BITS))) {
                number++;
            } else {
                return number;
            }
        }
        return limit;
    }
}
