package io.espalier.harbor.session;

import io.espalier.harbor.call.Calls;
import io.espalier.harbor.client.ApiException;
import io.espalier.harbor.error.HarborException;
import java.util.ArrayList;
import java.util.List;

/** Reads lists to their end: Harbor gives ten rows if not asked, and never more than a hundred. */
final class Pages {
    private static final long SIZE = 100;
    private static final long MOST_PAGES = 1_000;

    private Pages() {}

    /** One page. */
    @FunctionalInterface
    interface Page<T> {
        List<T> read(long page, long size) throws ApiException;
    }

    static <T> List<T> all(Calls calls, String purpose, Page<T> page) throws HarborException {
        List<T> all = new ArrayList<>();
        for (long number = 1; number <= MOST_PAGES; number++) {
            long asked = number;
            List<T> rows = calls.read(purpose, () -> page.read(asked, SIZE));
            all.addAll(rows);
            if (rows.size() < SIZE) {
                break;
            }
        }
        return all;
    }
}
