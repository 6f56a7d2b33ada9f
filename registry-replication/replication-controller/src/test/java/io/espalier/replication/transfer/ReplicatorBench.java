package io.espalier.replication.transfer;

import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Route.Branch;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.image.GlobList;
import io.espalier.replication.image.ImageFilter;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.image.PlatformList;
import io.espalier.replication.member.Member;
import io.espalier.replication.window.WindowRules;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A replicator among fakes: a chain master, a, b, c in the order of names. As an extension it is closed after each test. */
final class ReplicatorBench implements AutoCloseable, AfterEachCallback {
    static final ReplicatorTiming FAST = new ReplicatorTiming(
            Duration.ofMillis(100),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofMillis(20),
            Duration.ofMillis(100));
    /** Nobody is waited for, and who gets nothing is helped late. */
    static final ReplicatorTiming WITHOUT_GRACE = new ReplicatorTiming(
            Duration.ZERO,
            Duration.ofSeconds(30),
            Duration.ofMinutes(10),
            Duration.ofMillis(20),
            Duration.ofMillis(100));

    final FakeMembers members;
    final MemoryStore store;
    final FakeImages images = new FakeImages();
    final AtomicInteger rescans = new AtomicInteger();
    final Releases releases = new Releases(GateRule.IF_PRESENT);
    final ChainPlanner planner = new ChainPlanner();
    private final TransferSettings settings;
    private final ReplicatorTiming timing;
    private final Clock clock;
    private Replicator replicator;

    ReplicatorBench(Backfill backfill, ReplicatorTiming timing, String... nodes) {
        this(backfill, timing, Clock.systemUTC(), nodes);
    }

    ReplicatorBench(Backfill backfill, ReplicatorTiming timing, Clock clock, String... nodes) {
        this(backfill, timing, clock, WindowRules.NONE, nodes);
    }

    ReplicatorBench(Backfill backfill, ReplicatorTiming timing, Clock clock, WindowRules windows, String... nodes) {
        this.clock = clock;
        this.members = new FakeMembers(nodes);
        this.store = new MemoryStore(members);
        this.timing = timing;
        this.settings = new TransferSettings(
                new ImageFilter(GlobList.of(List.of("!secret/*")), GlobList.of(List.of("!dev-*")), PlatformList.all()),
                PriorityRules.parse(List.of("urgent/*=10")),
                backfill,
                0,
                0,
                GateRule.IF_PRESENT,
                windows);
        this.replicator = made();
        replicator.start();
    }

    static ReplicatorBench of(String... nodes) {
        return new ReplicatorBench(Backfill.CURRENT, FAST, nodes);
    }

    private Replicator made() {
        return new Replicator(
                settings, timing, members, store, planner, images, images, clock, rescans::incrementAndGet, releases);
    }

    /** The master restarts; nodes have to connect anew. */
    void restart() {
        replicator.close();
        replicator = made();
        replicator.start();
    }

    Replicator replicator() {
        return replicator;
    }

    static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(10));
    }

    boolean changed(String image) {
        ImageName name = ImageName.parse(image);
        return replicator.changed(name.repository(), name.reference(), "");
    }

    /** As a registry's notification says it. */
    boolean noticed(String image, String digest) {
        ImageName name = ImageName.parse(image);
        return replicator.changed(name.repository(), name.reference(), digest);
    }

    /** Waits until a node was told to get an image's newest generation, and answers with how. */
    Assign awaitAssign(String node, String image, long generation) {
        ImageName name = ImageName.parse(image);
        return soon().alias(node + " is told to get " + image + " of generation " + generation)
                .until(
                        () -> members.sent(node, Assign.class).stream()
                                .filter(assign -> assign.transfer().repository().equals(name.repository())
                                        && assign.transfer().tags().stream()
                                                .anyMatch(tag -> tag.tag().equals(name.reference())
                                                        && tag.generation() == generation))
                                .reduce((first, second) -> second)
                                .orElse(null),
                        assign -> assign != null);
    }

    /** Pushes an image with these blobs, and waits until a node was told to get it; answers with the id of the transfer. */
    String begin(String image, String node, long... blobs) {
        images.push(image, "one", blobs);
        changed(image);
        return awaitAssign(node, image, 1).transfer().id();
    }

    static TransferReport report(String transfer, TransferState state, long received, String parent) {
        return new TransferReport(transfer, state, 1_000, 0, received, 0, 100, parent, 0, "", 5);
    }

    /** All these say that they have it. */
    void done(String transfer, String... nodes) {
        for (String node : nodes) {
            members.report(node, report(transfer, TransferState.DONE, 1_000, ""));
        }
    }

    @Override
    public void close() {
        replicator.close();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
    }

    /** Each node gets it from the one before; in the second of two stripes from the one after. */
    static final class ChainPlanner implements RoutePlanner {
        private final Map<Long, Integer> plans = new ConcurrentHashMap<>();
        private volatile boolean backwards;
        private volatile int stripes = 1;

        /** The last node comes after the master from now on, and the first one is last. */
        void turn() {
            backwards = true;
        }

        /** One or two. */
        void stripes(int number) {
            stripes = number;
        }

        /** How often a tree was made for an image of so many bytes. */
        int plans(long bytes) {
            return plans.getOrDefault(bytes, 0);
        }

        @Override
        public Tree plan(long bytes, Collection<Member> nodes) {
            plans.merge(bytes, 1, Integer::sum);
            Map<NodeId, Route> routes = new LinkedHashMap<>();
            Map<NodeId, Duration> predicted = new LinkedHashMap<>();
            List<Member> chain = new ArrayList<>(nodes);
            if (backwards) {
                Collections.reverse(chain.subList(1, chain.size()));
            }
            for (int i = 0; i < chain.size(); i++) {
                List<Branch> branches = new ArrayList<>();
                if (i > 0) {
                    branches.add(from(chain.get(i - 1)));
                }
                if (i > 0 && stripes == 2) {
                    branches.add(from(chain.get((i + 1) % chain.size())));
                }
                routes.put(chain.get(i).id(), new Route(branches));
                predicted.put(chain.get(i).id(), Duration.ofMillis(bytes * routes.size()));
            }
            return new Tree(routes, predicted);
        }

        private static Branch from(Member parent) {
            return new Branch(List.of(parent.address()), 1_000);
        }

        @Override
        public List<Member> nearest(Member node, Collection<Member> holders) {
            return holders.stream()
                    .filter(holder -> !holder.id().equals(node.id()))
                    .sorted(Comparator.comparing(Member::master).thenComparing(Member::id, Comparator.reverseOrder()))
                    .toList();
        }
    }
}
