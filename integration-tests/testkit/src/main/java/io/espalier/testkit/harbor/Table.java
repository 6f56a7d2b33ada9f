package io.espalier.testkit.harbor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** Rows as JSON objects with a field {@code id}. What is given out is a copy. */
final class Table {
    private final String what;
    private final Map<Long, ObjectNode> rows = new ConcurrentSkipListMap<>();
    private final AtomicLong last = new AtomicLong();

    Table(String what) {
        this.what = what;
    }

    long add(ObjectNode row) {
        long id = last.incrementAndGet();
        rows.put(id, row.deepCopy().put("id", id));
        return id;
    }

    ObjectNode get(long id) {
        return Optional.ofNullable(rows.get(id))
                .map(ObjectNode::deepCopy)
                .orElseThrow(() -> ApiFault.notFound(what + " " + id));
    }

    void put(long id, ObjectNode row) {
        get(id);
        rows.put(id, row.deepCopy().put("id", id));
    }

    void remove(long id) {
        get(id);
        rows.remove(id);
    }

    List<ObjectNode> all() {
        List<ObjectNode> copies = new ArrayList<>();
        rows.values().forEach(row -> copies.add(row.deepCopy()));
        return copies;
    }

    List<ObjectNode> where(Predicate<ObjectNode> wanted) {
        return all().stream().filter(wanted).toList();
    }

    Optional<ObjectNode> named(String name) {
        return where(row -> row.path("name").asText().equals(name)).stream().findFirst();
    }

    /** Those that a text as {@code name=x,type=~y} selects; what it does not know it takes as true. */
    List<ObjectNode> select(String q) {
        return where(row -> {
            for (String term : q.split(",", -1)) {
                String[] both = term.split("=", 2);
                if (both.length == 2) {
                    String value = row.path(both[0]).asText();
                    boolean fuzzy = both[1].startsWith("~");
                    String wanted = both[1].substring(fuzzy ? 1 : 0).replace("\"", "");
                    if (fuzzy ? !value.contains(wanted) : !value.equals(wanted)) {
                        return false;
                    }
                }
            }
            return true;
        });
    }
}
