package io.espalier.relay.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.feed.FeedOpener;
import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.ManifestPart;
import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.MasterMessage.Hashes;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Route.Branch;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Nodes in one process that are connected in memory; the test plays the master. */
final class TestCluster implements AutoCloseable {
    static final int CHUNK = Transfer.MIN_CHUNK_BYTES;
    static final String APP = "team/app";
    private static final long SPOOL = 256L << 20;

    private final Path folder;
    private final MemoryFeeds feeds = new MemoryFeeds();
    private final Map<String, TestNode> nodes = new LinkedHashMap<>();

    TestCluster(Path folder, String... names) throws Exception {
        this.folder = folder;
        for (String name : names) {
            add(name, SPOOL);
        }
    }

    TestNode add(String name, long spoolBytes) throws Exception {
        return put(name, TestNode.start(name, feeds, folder, spoolBytes, false));
    }

    /** A node that talks to its registry through a proxy with faults. */
    TestNode addBehindProxy(String name) throws Exception {
        return put(name, TestNode.start(name, feeds, folder, SPOOL, true));
    }

    private TestNode put(String name, TestNode node) {
        nodes.put(name, node);
        return node;
    }

    TestNode node(String name) {
        TestNode node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("There is no node " + name + ".");
        }
        return node;
    }

    /** Feeds to this node go over sockets from now on. */
    void bySockets(String parent, FeedOpener opener) {
        feeds.bySockets(parent, opener);
    }

    LinkFaults link(String parent, String child) {
        return feeds.link(parent, child);
    }

    static Transfer transfer(String id, String repository, SampleImage image, TagPart... tags) {
        return transfer(id, repository, List.of(image), tags);
    }

    static Transfer transfer(String id, String repository, List<SampleImage> images, TagPart... tags) {
        Map<String, BlobPart> blobs = new LinkedHashMap<>();
        Map<String, ManifestPart> manifests = new LinkedHashMap<>();
        for (SampleImage image : images) {
            image.blobs()
                    .forEach(blob -> blobs.put(blob.digest(), new BlobPart(blob.digest(), blob.size(), List.of())));
            image.withChildren()
                    .forEach(part -> manifests.putIfAbsent(
                            part.digest(), new ManifestPart(part.digest(), part.mediaType(), part.manifest())));
        }
        return new Transfer(
                id,
                repository,
                List.copyOf(blobs.values()),
                List.copyOf(manifests.values()),
                List.of(tags),
                CHUNK,
                5,
                0);
    }

    static Route route(String... sources) {
        return sources.length == 0
                ? Route.root()
                : Route.along(Arrays.stream(sources).map(TestCluster::address).toList(), 0);
    }

    /** A branch for each stripe, as {@code "b a"}: the parent, then the backups. */
    static Route striped(String... branches) {
        return new Route(Arrays.stream(branches)
                .map(branch -> new Branch(
                        Arrays.stream(branch.split(" "))
                                .map(TestCluster::address)
                                .toList(),
                        0))
                .toList());
    }

    static PeerAddress address(String node) {
        return new PeerAddress(new NodeId(node), "localhost", 8490);
    }

    /** Puts the image into the first node's registry and assigns it there as the root. */
    void push(String root, Transfer transfer, SampleImage... images) {
        for (SampleImage image : images) {
            node(root).reader().pushUntagged(image, transfer.repository());
        }
        assign(root, transfer, Route.root());
    }

    void assign(String node, Transfer transfer, Route route) {
        assertThat(node(node).engine().accept(new Assign(transfer, route))).isTrue();
    }

    /** Sends the hashes of all chunks to all nodes that run. */
    void hashes(SampleImage... images) {
        for (SampleImage image : images) {
            for (SampleBlob blob : image.blobs()) {
                byte[] bytes = blob.bytes();
                byte[] hashes = hashesOf(bytes);
                nodes.values().forEach(node -> node.engine().accept(new Hashes(blob.digest(), CHUNK, 0, hashes)));
            }
        }
    }

    static byte[] hashesOf(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (int at = 0; at < bytes.length; at += CHUNK) {
                sha256.update(bytes, at, Math.min(CHUNK, bytes.length - at));
                out.writeBytes(sha256.digest());
            }
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    /** Every manifest and every byte of every blob is right in the node's registry. */
    void assertHas(String node, String repository, SampleImage image, String tag) {
        assertThat(node(node).reader().digestOf(repository, tag))
                .as("%s: tag %s", node, tag)
                .isEqualTo(image.digest());
        for (SampleImage part : image.withChildren()) {
            assertThat(node(node).reader().digestOf(repository, part.digest())).isEqualTo(part.digest());
        }
        for (SampleBlob blob : image.blobs()) {
            assertThat(node(node).reader().readBlob(repository, blob.digest()))
                    .as("%s: blob %s", node, blob.digest())
                    .isEqualTo(blob.digest() + " " + blob.size());
        }
    }

    @Override
    public void close() {
        nodes.values().forEach(TestNode::close);
        feeds.close();
    }
}
