package io.espalier.catalog.database;

import io.espalier.stream.id.StreamId;
import java.nio.file.Path;

/** A program that stores row after row and prints each one's number once it is committed, until it is killed. */
final class RowWriter {
    private RowWriter() {}

    public static void main(String[] args) throws Exception {
        try (CatalogDatabase database = CatalogDatabase.open(CatalogDatabase.fileUrl(Path.of(args[0])))) {
            for (int i = 1; i <= 1_000; i++) {
                database.streams()
                        .insert(CatalogDatabaseTest.definition(new StreamId("ads", "web", "s" + i), "row", "file"));
                System.out.println(i);
            }
            // Holds the file until it is killed.
            Thread.currentThread().join();
        }
    }
}
