package io.espalier.collector.pipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Paths at which files may have come and gone before anybody saw them.
 *
 * <p>They are searched for more than once, because a file that is renamed while its folder is listed may be missing in the
 * list. Confined to the pipeline's thread.
 */
final class MissedFiles {
    private static final Logger log = LoggerFactory.getLogger(MissedFiles.class);
    /** How long is searched. */
    static final long SEARCH_NANOS = Duration.ofSeconds(2).toNanos();

    private final Map<Path, Search> searches = new HashMap<>();

    /** A search for files written since one moment, until another. */
    private record Search(long sinceMillis, long untilNanos) {
        Search union(Search later) {
            return new Search(Math.min(sinceMillis, later.sinceMillis), later.untilNanos);
        }
    }

    /** Looks for the files of one path. */
    @FunctionalInterface
    interface Looking {
        void look(Path path, long sinceMillis) throws IOException;
    }

    /** Notes that files of the path may have been missed since that time, in milliseconds since 1970. */
    void since(Path path, long sinceMillis, long now) {
        searches.merge(path, new Search(sinceMillis, now + SEARCH_NANOS), Search::union);
    }

    /** Looks for all that may have been missed. */
    void forEach(long now, Looking looking) {
        searches.values().removeIf(search -> now - search.untilNanos >= 0);
        for (Map.Entry<Path, Search> search : Map.copyOf(searches).entrySet()) {
            try {
                looking.look(search.getKey(), search.getValue().sinceMillis);
            } catch (IOException e) {
                log.debug("Could not list the folder of {}; it is tried again.", search.getKey(), e);
            }
        }
    }
}
