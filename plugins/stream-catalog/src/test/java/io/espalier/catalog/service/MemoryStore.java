package io.espalier.catalog.service;

import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.id.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A store in memory that can be told to fail. */
public final class MemoryStore implements StreamStore {
    final Map<StreamId, StreamDefinition> rows = new ConcurrentHashMap<>();
    volatile boolean failing;

    @Override
    public List<StreamDefinition> loadAll() throws CatalogException {
        check();
        return new ArrayList<>(rows.values());
    }

    @Override
    public boolean insert(StreamDefinition definition) throws CatalogException {
        check();
        return rows.putIfAbsent(definition.id(), definition) == null;
    }

    @Override
    public boolean update(StreamDefinition definition) throws CatalogException {
        check();
        StreamDefinition row = rows.get(definition.id());
        return row != null
                && row.version() == definition.version() - 1
                && rows.replace(definition.id(), row, definition);
    }

    @Override
    public boolean delete(StreamId id, long version) throws CatalogException {
        check();
        StreamDefinition row = rows.get(id);
        return row != null && row.version() == version && rows.remove(id, row);
    }

    private void check() throws CatalogException {
        if (failing) {
            throw new CatalogException(CatalogException.Code.STORE_FAILED, "Tried to store but the disk is full.");
        }
    }
}
