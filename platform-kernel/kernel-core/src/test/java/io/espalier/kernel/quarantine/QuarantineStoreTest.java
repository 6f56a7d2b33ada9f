package io.espalier.kernel.quarantine;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginState.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuarantineStoreTest {
    private static final PluginId SHOP = new PluginId("org.shop");
    private static final QuarantineEntry ENTRY = new QuarantineEntry(
            SHOP, Cause.THREW, "It threw: \"ü\"\nand = more.", 3, Instant.parse("2026-03-01T10:00:00Z"), "ab12");

    private final Path folder;

    QuarantineStoreTest(@TempDir Path parent) {
        folder = parent.resolve("data/quarantine");
    }

    @Test
    void anotherStoreOverTheSameFolderFindsWhatWasSaved() {
        new QuarantineStore(folder).save(ENTRY);
        assertThat(new QuarantineStore(folder).find(SHOP)).contains(ENTRY);
        assertThat(folder.resolve("org.shop.properties")).exists();
    }

    @Test
    void clearedEntryIsGoneAndClearingTwiceIsFine() {
        var store = new QuarantineStore(folder);
        store.save(ENTRY);
        store.clear(SHOP);
        store.clear(SHOP);
        assertThat(store.find(SHOP)).isEmpty();
    }

    @Test
    void fileTruncatedAnywhereIsIgnoredOrWhole() throws IOException {
        var store = new QuarantineStore(folder);
        store.save(ENTRY);
        Path file = folder.resolve("org.shop.properties");
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            // Must not throw, whatever is left.
            store.find(SHOP).ifPresent(found -> assertThat(found.id()).isEqualTo(SHOP));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\\u00zz", "attempts=x", "plugin=other\ncause=THREW", "\0\0\0"})
    void damagedFileIsIgnoredAndCanBeReplaced(String content) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("org.shop.properties"), content);
        var store = new QuarantineStore(folder);
        assertThat(store.find(SHOP)).isEmpty();
        store.save(ENTRY);
        assertThat(store.find(SHOP)).contains(ENTRY);
    }

    @Test
    void nameOfPluginCannotLeaveTheFolder() throws IOException {
        var id = new PluginId("../../evil/ü");
        var store = new QuarantineStore(folder);
        store.save(new QuarantineEntry(id, Cause.THREW, "r", 1, Instant.EPOCH, ""));
        assertThat(store.find(id)).isPresent();
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void folderThatCannotBeMadeIsNotFatal(@TempDir Path parent) throws IOException {
        Path file = Files.write(parent.resolve("file"), new byte[1]);
        var store = new QuarantineStore(file.resolve("quarantine"));
        store.save(ENTRY);
        store.clear(SHOP);
        assertThat(store.find(SHOP)).isEmpty();
    }
}
