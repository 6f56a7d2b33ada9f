package io.espalier.relay.node;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.feed.ChunkSource;
import io.espalier.relay.feed.ReadableBlob;
import io.espalier.relay.feed.Upstream;
import io.espalier.relay.feed.Want;
import io.espalier.relay.protocol.NodeId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What children are served from: the engine's chunks. The door is open before there is an engine; until then a child's want waits a
 * little and is tried again. Thread-safe.
 */
final class ServedChunks implements ChunkSource {
    private volatile @Nullable ChunkSource engine;

    /** From now on children are served from there, also those whose feed is open already. */
    void from(ChunkSource source) {
        engine = requireNonNull(source, "source is null");
    }

    @Override
    public Optional<ReadableBlob> open(String repository, String blob, long size, int chunkBytes) {
        ChunkSource source = engine;
        return source == null ? Optional.empty() : source.open(repository, blob, size, chunkBytes);
    }

    @Override
    public ChunkSource forChild(NodeId child) {
        return new ForChild(child);
    }

    @Override
    public List<Upstream> upstream() {
        ChunkSource source = engine;
        return source == null ? List.of() : source.upstream();
    }

    @Override
    public void complained(String blob, int chunkBytes, int index) {
        ChunkSource source = engine;
        if (source != null) {
            source.complained(blob, chunkBytes, index);
        }
    }

    /** Asks for the child's view of the engine each time, since the engine may come after the feed. */
    private final class ForChild implements ChunkSource {
        private final NodeId child;

        private ForChild(NodeId child) {
            this.child = requireNonNull(child, "child is null");
        }

        @Override
        public Optional<ReadableBlob> open(String repository, String blob, long size, int chunkBytes) {
            ChunkSource source = engine;
            return source == null ? Optional.empty() : source.forChild(child).open(repository, blob, size, chunkBytes);
        }

        @Override
        public Optional<ReadableBlob> open(Want want) {
            ChunkSource source = engine;
            return source == null ? Optional.empty() : source.forChild(child).open(want);
        }

        @Override
        public ChunkSource forChild(NodeId other) {
            return ServedChunks.this.forChild(other);
        }

        @Override
        public List<Upstream> upstream() {
            return ServedChunks.this.upstream();
        }

        @Override
        public void complained(String blob, int chunkBytes, int index) {
            ServedChunks.this.complained(blob, chunkBytes, index);
        }
    }
}
