package io.espalier.embedded.door;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A page of a sorted list.
 *
 * @param more whether entries follow
 */
record ListPage<T>(List<T> entries, boolean more, Optional<String> lastEntry) {
    private static final int MOST = 1000;

    /**
     * The entries after {@code last}, {@code n} of them; 1000 at most.
     *
     * @throws PullFault with 400 if n is no count
     */
    static <T> ListPage<T> of(List<T> all, Function<T, String> name, Optional<String> n, Optional<String> last) {
        int count = n.map(ListPage::count).orElse(MOST);
        List<T> after = all.stream()
                .filter(entry -> last.isEmpty() || name.apply(entry).compareTo(last.get()) > 0)
                .limit(count + 1L)
                .toList();
        List<T> page = after.subList(0, Math.min(count, after.size()));
        // Without an entry there is no place to go on from.
        boolean more = after.size() > count && count > 0;
        return new ListPage<>(
                List.copyOf(page),
                more,
                page.isEmpty() ? Optional.empty() : Optional.of(name.apply(page.get(page.size() - 1))));
    }

    private static int count(String text) {
        if (!text.matches("[0-9]{1,9}")) {
            throw new PullFault(
                    400, "PAGINATION_NUMBER_INVALID", "The parameter n is no count of entries; use 0 or more.");
        }
        return Math.min(MOST, Integer.parseInt(text));
    }

    /** The answer with the way to the next page. */
    PullAnswer linked(PullAnswer answer, String path, String parameters) {
        if (!more || lastEntry.isEmpty()) {
            return answer;
        }
        String last = URLEncoder.encode(lastEntry.get(), StandardCharsets.UTF_8);
        return answer.with(
                "Link", "<" + path + "?n=" + entries.size() + "&last=" + last + parameters + ">; rel=\"next\"");
    }
}
