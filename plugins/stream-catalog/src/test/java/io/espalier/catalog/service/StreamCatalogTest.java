package io.espalier.catalog.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.espalier.catalog.definition.DraftReader;
import io.espalier.catalog.definition.StreamDraft;
import io.espalier.catalog.service.CatalogException.Code;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.id.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StreamCatalogTest {
    private static final StreamId CLICK = StreamId.parse("ads.web.click");

    private final MemoryStore store = new MemoryStore();
    private final MemoryTopics topics = new MemoryTopics();
    private StreamCatalog catalog;

    @BeforeEach
    void load() throws CatalogException {
        catalog = StreamCatalog.load(store, topics);
    }

    @Test
    void createsTopicAndRowAndShowsTheStream() throws CatalogException {
        StreamDefinition created = catalog.create(draft("id", "ads.web.click", "partitions", 3));

        assertThat(topics.topics).containsEntry("ads.web.click", 3);
        assertThat(store.rows).containsEntry(CLICK, created);
        assertThat(catalog.directory().find(CLICK)).contains(created);
        assertThat(catalog.get(CLICK)).isEqualTo(created);
    }

    @Test
    void loadsWhatWasStoredBefore() throws CatalogException {
        catalog.create(draft("id", "ads.web.click"));

        assertThat(StreamCatalog.load(store, topics).directory().find(CLICK)).isPresent();
    }

    @Test
    void leavesNoRowWhenTheTopicCannotBeMade() {
        topics.away = true;

        assertRefused(Code.NO_CLUSTER, () -> catalog.create(draft("id", "ads.web.click")));

        assertThat(store.rows).isEmpty();
        assertThat(catalog.directory().list()).isEmpty();
    }

    @Test
    void showsNothingWhenTheRowCannotBeStored() throws CatalogException {
        store.failing = true;
        assertRefused(Code.STORE_FAILED, () -> catalog.create(draft("id", "ads.web.click")));
        assertThat(catalog.directory().list()).isEmpty();

        store.failing = false;
        assertThat(catalog.create(draft("id", "ads.web.click")).version()).isEqualTo(1);
    }

    @Test
    void refusesASecondStreamOfTheSameId() throws CatalogException {
        catalog.create(draft("id", "ads.web.click"));

        assertRefused(Code.STREAM_EXISTS, () -> catalog.create(draft("id", "ads.web.click", "partitions", 9)));
        assertThat(topics.topics).containsEntry("ads.web.click", 1);
    }

    @Test
    void namesTheMissingIdBesideOtherMistakes() {
        CatalogException refused = assertRefused(Code.BAD_DEFINITION, () -> catalog.create(draft("priority", 0)));

        assertThat(refused.sentence())
                .startsWith("The definition has 2 problems: (1) priority is 0")
                .contains("(2) id is missing");
    }

    @Test
    void saysOnceThatTheIdIsBad() {
        CatalogException refused = assertRefused(Code.BAD_DEFINITION, () -> catalog.create(draft("id", "x")));

        assertThat(refused.sentence()).startsWith("Stream id 'x' has 1 parts");
    }

    @Test
    void refusesATopicOfAnotherName() {
        CatalogException refused = assertRefused(
                Code.BAD_DEFINITION, () -> catalog.create(draft("id", "ads.web.click", "topic", "other")));

        assertThat(refused.sentence()).contains("the topic is always ads.web.click");
    }

    @Test
    void updatesOnlyTheCurrentVersion() throws CatalogException {
        catalog.create(draft("id", "ads.web.click"));
        assertThat(catalog.update(CLICK, draft("version", 1, "priority", 8)).version())
                .isEqualTo(2);

        CatalogException stale =
                assertRefused(Code.STALE_VERSION, () -> catalog.update(CLICK, draft("version", 1, "priority", 3)));

        assertThat(stale.currentVersion()).hasValue(2);
        assertThat(stale.sentence()).contains("the current version is 2");
        assertThat(catalog.get(CLICK).priority()).isEqualTo(8);
    }

    @Test
    void letsPartitionsGrowAndNeverShrink() throws CatalogException {
        catalog.create(draft("id", "ads.web.click", "partitions", 2));

        catalog.update(CLICK, draft("version", 1, "partitions", 5));
        CatalogException refused =
                assertRefused(Code.BAD_DEFINITION, () -> catalog.update(CLICK, draft("version", 2, "partitions", 4)));

        assertThat(topics.topics).containsEntry("ads.web.click", 5);
        assertThat(refused.sentence())
                .isEqualTo("partitions is 4 but the topic has 5; partitions may grow and never shrink.");
    }

    @Test
    void changesAFieldWithoutAClusterUnlessPartitionsGrow() throws CatalogException {
        catalog.create(draft("id", "ads.web.click"));
        topics.away = true;

        assertThat(catalog.update(CLICK, draft("version", 1, "priority", 2)).priority())
                .isEqualTo(2);
        assertRefused(Code.NO_CLUSTER, () -> catalog.update(CLICK, draft("version", 2, "partitions", 2)));
        assertThat(catalog.get(CLICK).partitions()).isEqualTo(1);
    }

    @Test
    void asksForTheVersionOfAnUpdate() throws CatalogException {
        catalog.create(draft("id", "ads.web.click"));

        CatalogException refused = assertRefused(
                Code.BAD_DEFINITION, () -> catalog.update(CLICK, draft("id", "ads.web.view", "priority", 2)));

        assertThat(refused.sentence()).contains("an id never changes").contains("version is missing");
    }

    @Test
    void deletesTheRowAndKeepsTheTopic() throws CatalogException {
        catalog.create(draft("id", "ads.web.click"));

        catalog.delete(CLICK, OptionalLong.empty(), false);

        assertThat(store.rows).isEmpty();
        assertThat(catalog.directory().find(CLICK)).isEmpty();
        assertThat(topics.topics).containsKey("ads.web.click");
        assertRefused(Code.NO_SUCH_STREAM, () -> catalog.delete(CLICK, OptionalLong.empty(), false));
    }

    @Test
    void deletesTheTopicOnWishOrNothingAtAll() throws CatalogException {
        catalog.create(draft("id", "ads.web.click"));
        assertRefused(Code.STALE_VERSION, () -> catalog.delete(CLICK, OptionalLong.of(7), true));
        topics.away = true;
        assertRefused(Code.NO_CLUSTER, () -> catalog.delete(CLICK, OptionalLong.of(1), true));
        assertThat(store.rows).containsKey(CLICK);

        topics.away = false;
        catalog.delete(CLICK, OptionalLong.of(1), true);

        assertThat(topics.topics).isEmpty();
        assertThat(store.rows).isEmpty();
    }

    @Test
    void listsPagesInTheOrderOfIds() throws CatalogException {
        for (String id : List.of("b.b.b", "a.a.a", "a-b.a.a", "c.c.c")) {
            catalog.create(draft("id", id));
        }

        assertThat(catalog.list("", 2))
                .extracting(stream -> stream.id().toString())
                .containsExactly("a-b.a.a", "a.a.a");
        assertThat(catalog.list("a.a.a", 9))
                .extracting(stream -> stream.id().toString())
                .containsExactly("b.b.b", "c.c.c");
        assertThat(catalog.list("c.c.c", 9)).isEmpty();
    }

    @Test
    void letsExactlyOneOfManyEqualUpdatesWin() throws Exception {
        catalog.create(draft("id", "ads.web.click"));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> updates = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                int priority = 1 + i % 9;
                updates.add(() -> {
                    try {
                        catalog.update(CLICK, draft("version", 1, "priority", priority));
                        return true;
                    } catch (CatalogException stale) {
                        return false;
                    }
                });
            }
            int winners = 0;
            for (Future<Boolean> update : threads.invokeAll(updates, 20, TimeUnit.SECONDS)) {
                winners += update.get() ? 1 : 0;
            }
            assertThat(winners).isEqualTo(1);
            assertThat(catalog.get(CLICK).version()).isEqualTo(2);
        } finally {
            threads.shutdownNow();
        }
    }

    private static CatalogException assertRefused(Code code, ThrowingCallable operation) {
        CatalogException refused = catchThrowableOfType(CatalogException.class, operation);
        assertThat(refused).as("the operation is refused").isNotNull();
        assertThat(refused.code()).isEqualTo(code);
        return refused;
    }

    private static StreamDraft draft(String field, Object value) {
        return DraftReader.read(Map.of(field, value));
    }

    private static StreamDraft draft(String field, Object value, String field2, Object value2) {
        return DraftReader.read(Map.of(field, value, field2, value2));
    }
}
