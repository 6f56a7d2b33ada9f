package io.espalier.bench.stub;

import static java.util.Objects.requireNonNull;

import io.espalier.http.DoorException;
import io.espalier.http.DoorSettings;
import io.espalier.http.DoorTls;
import io.espalier.http.HttpDoor;
import io.espalier.relay.control.ControlRoutes;
import io.espalier.relay.feed.ChunkSource;
import io.espalier.relay.feed.EdgeCounters;
import io.espalier.relay.feed.Feed;
import io.espalier.relay.feed.FeedLimits;
import io.espalier.relay.feed.ReadableBlob;
import io.espalier.relay.feed.UplinkLimit;
import io.espalier.relay.identity.NodeIdentity;
import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.JoinRequest;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.relay.wire.FeedDoor;
import io.espalier.relay.wire.MemberProof;
import io.espalier.relay.wire.PeerSockets;
import io.espalier.relay.wire.VertxFeedOpener;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A parent that has a layer in memory and gives the orders, and a child that throws away what it gets, in one process:
 * {@code FOLDER LAYER-BYTES}. Prints {@code door PORT TOKEN} for the relay that is to join, then {@code connected}. A line {@code make N}
 * makes layer number N, {@code pass N} sends it down the chain and is answered with {@code passed N BEGIN FIRST CHILD DONE}: nanoseconds (monotonic) of the
 * order, the first chunk, the child's last chunk and the relay's word that the image is in its registry.
 */
public final class StubEndsMain {
    private static final NodeId PARENT = new NodeId("site-0");
    private static final NodeId CHILD = new NodeId("site-2");
    private static final String HOST = "127.0.0.1";
    private static final long LIMIT_SECONDS = 240;
    private static final int HASHES_AT_ONCE = 256;

    private final Path folder;
    private final long layerBytes;
    private final StubAuthority authority = new StubAuthority(this::heard);
    private final Map<String, CountDownLatch> done = new ConcurrentHashMap<>();
    private final CountDownLatch connected = new CountDownLatch(1);
    private final HttpDoor door;
    private final VertxFeedOpener opener;
    private volatile @Nullable ChunkSource source;
    private volatile @Nullable PeerAddress relay;
    private volatile long first;
    private volatile @Nullable StubImage ordered;
    private @Nullable StubImage made;

    private StubEndsMain(Path folder, long layerBytes) throws Exception {
        this.folder = folder;
        this.layerBytes = layerBytes;
        NodeIdentity parent = identity(PARENT);
        FeedDoor feeds =
                new FeedDoor(MemberProof.byCertificate(parent), new Current(), new UplinkLimit(0), new EdgeCounters());
        DoorSettings settings = DoorSettings.of("stub", HOST, 0)
                .withThreads(2, 1)
                .withBodiesLeftToHandlers()
                .withCloseLimit(Duration.ofSeconds(1))
                .withWebSocketFrames(FeedLimits.TEXT_BYTES)
                .withTls(new DoorTls(parent.keys(), parent.trust(), false));
        door = open(settings, feeds);
        MemberProof proof = MemberProof.byCertificate(identity(CHILD));
        opener = new VertxFeedOpener(new PeerSockets(door.vertx(), CHILD, proof), proof, new EdgeCounters());
    }

    private HttpDoor open(DoorSettings settings, FeedDoor feeds) throws DoorException {
        return HttpDoor.open(settings, router -> {
            feeds.install(router);
            ControlRoutes.install(router, () -> Optional.of(authority), false);
        });
    }

    private NodeIdentity identity(NodeId node) throws Exception {
        NodeIdentity identity = NodeIdentity.open(folder.resolve(node.value()), node, Clock.systemUTC());
        JoinRequest request = new JoinRequest("", node, HOST, 1, "http://127.0.0.1:1", identity.signingRequest());
        IssuedCertificate issued = node.equals(PARENT) ? authority.enrolMaster(request) : authority.join(request, HOST);
        identity.accept(issued);
        return identity;
    }

    public static void main(String[] args) throws Exception {
        StubEndsMain ends = new StubEndsMain(Path.of(args[0]), Long.parseLong(args[1]));
        System.out.println(
                "door " + ends.door.port() + " " + ends.authority.token().reveal());
        ends.connected.await();
        System.out.println("connected");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int exit = 0;
        try {
            for (String line = orders.readLine(); line != null; line = orders.readLine()) {
                ends.obey(line);
            }
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
            exit = 1;
        }
        System.exit(exit);
    }

    private void obey(String line) throws Exception {
        if (line.startsWith("make ")) {
            make(Integer.parseInt(line.substring("make ".length())));
        } else {
            pass(line.substring("pass ".length()));
        }
    }

    private void make(int number) {
        StubImage image = new StubImage(number, layerBytes, () -> first = System.nanoTime());
        made = image;
        source = image;
        System.out.println("made " + number);
    }

    private void pass(String number) throws Exception {
        StubImage image = requireNonNull(made, "nothing was made");
        PeerAddress to = requireNonNull(relay, "no relay");
        CountDownLatch arrived = new CountDownLatch(1);
        done.put(image.id(), arrived);
        StubChild child = new StubChild(image);
        long begin = System.nanoTime();
        ordered = image;
        order(image, to);
        try (Feed feed = opener.open(to, child)) {
            child.want(feed);
            child.await(LIMIT_SECONDS);
        }
        long passed = System.nanoTime();
        if (!arrived.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("The relay did not bring the layer into its registry in time.");
        }
        System.out.println("passed " + number + " " + begin + " " + first + " " + passed + " " + System.nanoTime());
    }

    private void order(StubImage image, PeerAddress to) {
        PeerAddress self = new PeerAddress(PARENT, HOST, door.port());
        authority.send(new MasterMessage.Members(List.of(self, to, new PeerAddress(CHILD, HOST, 1)), List.of()));
        authority.send(new MasterMessage.Assign(image.transfer(), Route.along(List.of(self), 0)));
        authority.send(new MasterMessage.Hashes(image.configDigest(), StubImage.CHUNK, 0, image.configHash()));
        byte[] hashes = image.hashes();
        for (int at = 0; at < image.chunks(); at += HASHES_AT_ONCE) {
            int end = Math.min(image.chunks(), at + HASHES_AT_ONCE);
            authority.send(new MasterMessage.Hashes(
                    image.layer(), StubImage.CHUNK, at, Arrays.copyOfRange(hashes, at * 32, end * 32)));
        }
    }

    private void heard(NodeMessage message) {
        if (message instanceof NodeMessage.Hello hello) {
            PeerAddress to = new PeerAddress(hello.node(), HOST, hello.port());
            relay = to;
            StubImage image = ordered;
            if (image != null) { // a busy machine may have broken the link before it was heard
                order(image, to);
            }
            connected.countDown();
        } else if (message instanceof NodeMessage.Report report) {
            report.transfers().forEach(this::heard);
        }
    }

    private void heard(TransferReport report) {
        CountDownLatch waiting = done.get(report.transfer());
        if (waiting != null && report.state() == TransferState.DONE) {
            waiting.countDown();
        } else if (!report.problem().isEmpty()) {
            System.out.println("problem " + report.problem());
        }
    }

    /** The image of the pass that runs. */
    private final class Current implements ChunkSource {
        @Override
        public Optional<ReadableBlob> open(String repository, String blob, long size, int chunkBytes) {
            ChunkSource now = source;
            return now == null ? Optional.empty() : now.open(repository, blob, size, chunkBytes);
        }

        @Override
        public ChunkSource forChild(NodeId child) {
            return this;
        }

        @Override
        public void complained(String blob, int chunkBytes, int index) {
            ChunkSource now = source;
            if (now != null) {
                now.complained(blob, chunkBytes, index);
            }
        }
    }
}
