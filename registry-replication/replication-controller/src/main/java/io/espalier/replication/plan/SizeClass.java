package io.espalier.replication.plan;

import java.util.Arrays;

/**
 * Images of about the same size share a tree: each class is four times as big as the one before.
 *
 * @param number 0 for up to 1 MiB, 1 for up to 4 MiB and so on, 8 for all above 16 GiB
 */
public record SizeClass(int number) {
    static final int LAST = 8;
    private static final long FIRST_BYTES = 1 << 20;

    public SizeClass {
        if (number < 0 || number > LAST) {
            throw new IllegalArgumentException("There is no size class " + number + "; use 0 to " + LAST + ".");
        }
    }

    /** The class of an image of so many bytes. */
    public static SizeClass of(long bytes) {
        int number = 0;
        while (number < LAST && bytes > FIRST_BYTES << (2 * number)) {
            number++;
        }
        return new SizeClass(number);
    }

    static SizeClass[] all() {
        SizeClass[] all = new SizeClass[LAST + 1];
        Arrays.setAll(all, SizeClass::new);
        return all;
    }

    /** The biggest image of the class, but for the last class. */
    public long mostBytes() {
        return FIRST_BYTES << (2 * number);
    }

    /** For what the tree is made. */
    long typicalBytes() {
        return mostBytes() / 2;
    }

    /** As it is stored and shown, as {@code up-to-16MiB}. */
    public String text() {
        long mib = mostBytes() >> 20;
        String size = mib < 1024 ? mib + "MiB" : (mib >> 10) + "GiB";
        return number == LAST ? "above-16GiB" : "up-to-" + size;
    }
}
