package io.espalier.replication.removal;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MasterMessage.Remove;
import io.espalier.relay.protocol.MessageCodec;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Removed;
import io.espalier.relay.protocol.RemovalOutcome;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.MemberListener;
import io.espalier.replication.member.Members;
import io.espalier.replication.store.RemovalStore.RemovalPart;
import io.espalier.replication.store.RemovalStore.RemovalRow;
import io.espalier.replication.store.RemovalStore.State;
import io.espalier.replication.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells nodes what to remove, again where that failed, and notes what they answer. Thread-safe. */
final class RemovalOrders implements MemberListener {
    private static final Logger LOG = LoggerFactory.getLogger(RemovalOrders.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);
    private static final int MOST_AT_ONCE = 50;
    private static final int MOST_UNANSWERED = 5;
    private static final Duration GIVE_UP = Duration.ofDays(30);
    /** With the pauses between them that is more than an hour. */
    private static final int MOST_DOUBTS = 8;

    static final String BACK = "The image was pushed again before the node could be told, so it stays.";
    static final String TAKEN_BACK = "An operator took the removal back before the node had done it.";
    static final String POLICY_KEEPS = "The setting deletes became keep before the node had done it.";
    static final String EXCLUDED = "Its repository was excluded before the node had done it.";
    private static final String TOO_LATE =
            "For 30 days the node was away or could not do it, so it keeps the image; delete it in its registry.";
    /** Said by the master instead of a node. */
    private static final Set<String> OWN_WORDS = Set.of(BACK, TAKEN_BACK, POLICY_KEEPS, EXCLUDED, TOO_LATE);

    private final RemovalBook book;
    private final ReplicatedImages images;
    private final OrderMaker maker;
    private final Members members;
    private final Clock clock;
    private final MessageCodec codec = new MessageCodec();
    /** When each node is asked again, by removal and node; those that are not here are asked at once. */
    private final Map<Asked, Instant> next = new ConcurrentHashMap<>();
    /** Those that were asked and have not said anything. */
    private final Set<Asked> unanswered = ConcurrentHashMap.newKeySet();

    private final Map<String, Consumer<Removed>> previews = new ConcurrentHashMap<>();

    private record Asked(String removal, NodeId node) {
        static Asked of(RemovalPart part) {
            return new Asked(part.removal(), part.node());
        }
    }

    RemovalOrders(RemovalBook book, ReplicatedImages images, OrderMaker maker, Members members, Clock clock) {
        this.images = requireNonNull(images, "images is null");
        this.maker = requireNonNull(maker, "maker is null");
        this.book = requireNonNull(book, "book is null");
        this.members = requireNonNull(members, "members is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Asks the nodes that are due, and ends removals that all have answered.
     *
     * @param looked whether the master's registry was looked at since the start, without which only what an operator ordered is asked
     */
    void go(boolean looked) {
        int places = MOST_AT_ONCE;
        for (RemovalRow row : book.in(State.ORDERED)) {
            if (isBack(row)) {
                close(row, BACK);
            } else if (isHopeless(row)) {
                close(row, TOO_LATE);
            }
            List<RemovalPart> parts = book.parts(row.id());
            if (parts.stream().allMatch(RemovalOrders::isFinal)) {
                end(row);
            } else if (places > 0 && (looked || row.byHand())) {
                List<RemovalPart> due = parts.stream()
                        .filter(part -> isDue(part) && mayAsk(part.node()))
                        .limit(places)
                        .toList();
                places -= due.size();
                ask(row, due);
            }
        }
    }

    /** Its own last transfer may be found a moment longer. */
    private boolean isBack(RemovalRow row) {
        return images.find(RemovalBook.name(row))
                .filter(image -> image.generation() > row.generation())
                .isPresent();
    }

    private boolean isHopeless(RemovalRow row) {
        Instant before = clock.instant().minus(GIVE_UP);
        return book.parts(row.id()).stream()
                .filter(part -> !isFinal(part))
                .allMatch(part -> part.at().isBefore(before) && !(isOpen(part) && isConnected(part.node())));
    }

    private boolean isConnected(NodeId node) {
        return members.find(node).filter(Member::connected).isPresent();
    }

    private boolean mayAsk(NodeId node) {
        Instant now = clock.instant();
        return unanswered.stream()
                        .filter(asked -> asked.node().equals(node))
                        .filter(asked -> now.isBefore(next.getOrDefault(asked, now)))
                        .count()
                < MOST_UNANSWERED;
    }

    private void end(RemovalRow row) {
        forget(asked -> asked.removal().equals(row.id()));
        if (book.replace(row, row.in(State.DONE, "", clock.instant()))) {
            LOG.info("The removal of {} is over: every node has answered.", RemovalBook.name(row));
        }
    }

    private void forget(Predicate<Asked> which) {
        next.keySet().removeIf(which);
        unanswered.removeIf(which);
    }

    private static boolean isFinal(RemovalPart part) {
        return RemovalOutcome.of(part.outcome()).isFinal();
    }

    /** A node that does not delete, or was in doubt again and again, is asked again only when an operator says so. */
    private static boolean isOpen(RemovalPart part) {
        RemovalOutcome outcome = RemovalOutcome.of(part.outcome());
        return !isFinal(part)
                && outcome != RemovalOutcome.UNSUPPORTED
                && !(outcome == RemovalOutcome.DOUBT && part.tries() >= MOST_DOUBTS);
    }

    /** What a node said, and what follows from it. */
    static String sentence(RemovalPart part) {
        if (RemovalOutcome.of(part.outcome()) != RemovalOutcome.DOUBT) {
            return part.sentence();
        }
        return part.sentence()
                + (isOpen(part)
                        ? " It is asked again; this was time " + part.tries() + " of " + MOST_DOUBTS + "."
                        : " It was asked " + MOST_DOUBTS
                                + " times; look at its registry, then image:removals --confirm " + part.removal()
                                + " asks it anew.");
    }

    private boolean isDue(RemovalPart part) {
        Instant due = next.get(Asked.of(part));
        return isOpen(part) && (due == null || !clock.instant().isBefore(due)) && isConnected(part.node());
    }

    /** With what the master's registry still does not have; it may have changed since the order was made. */
    private void ask(RemovalRow row, List<RemovalPart> due) {
        if (due.isEmpty()) {
            return;
        }
        try {
            Remove order = maker.current(codec.decodeRecord(row.body(), Remove.class));
            due.forEach(part -> ask(order, part));
        } catch (ImageException unsure) {
            LOG.debug("Removal {} of {} waits: {}", row.id(), RemovalBook.name(row), unsure.sentence());
            due.forEach(part -> next.put(Asked.of(part), clock.instant().plus(FIRST_PAUSE)));
        }
    }

    /** Noted before it is sent, since the answer may come at once. */
    private void ask(Remove order, RemovalPart part) {
        Optional<RemovalPart> noted =
                book.change(part.removal(), part.node(), before -> isOpen(before) ? asked(before) : null);
        if (noted.isEmpty()) {
            return;
        }
        Asked asked = Asked.of(part);
        unanswered.add(asked);
        next.put(asked, clock.instant().plus(pause(noted.get().tries())));
        if (!members.send(part.node(), order)) {
            forget(asked::equals);
        }
    }

    private RemovalPart asked(RemovalPart before) {
        int tries = before.tries() + 1;
        String sentence = before.outcome().isEmpty() && tries > 1
                ? "The node was asked " + before.tries()
                        + " times and did not answer; it may be busy with others, or its release may be too old."
                : before.sentence();
        return new RemovalPart(before.removal(), before.node(), before.outcome(), sentence, tries, clock.instant());
    }

    private RemovalPart with(RemovalPart before, String outcome, String sentence, int tries) {
        return new RemovalPart(before.removal(), before.node(), outcome, sentence, tries, clock.instant());
    }

    private static Duration pause(int tries) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(tries - 1, 6));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    /** Tells nobody any more; those that have not answered keep the image. */
    void close(RemovalRow row, String sentence) {
        for (RemovalPart part : book.parts(row.id())) {
            book.change(
                    row.id(),
                    part.node(),
                    before -> isFinal(before)
                            ? null
                            : with(before, RemovalOutcome.KEPT.name(), sentence, before.tries()));
        }
        forget(asked -> asked.removal().equals(row.id()));
    }

    /** Asks those again that could not do it; answers how many. */
    int askAgain(RemovalRow row) {
        int again = 0;
        for (RemovalPart part : book.parts(row.id())) {
            Optional<RemovalPart> open =
                    book.change(row.id(), part.node(), before -> isFinal(before) ? null : with(before, "", "", 0));
            if (open.isPresent()) {
                forget(Asked.of(part)::equals);
                again++;
            }
        }
        return again;
    }

    /** Hears the answer to a dry run, once. */
    void preview(NodeId node, String request, Consumer<Removed> hears) {
        previews.put(request + " " + node, hears);
    }

    void forgetPreview(NodeId node, String request) {
        previews.remove(request + " " + node);
    }

    @Override
    public void connected(Member member, NodeMessage.Hello hello) {
        // Who was in doubt is asked again in time, or a link that comes and goes would spend all tries in a minute.
        forget(asked -> asked.node().equals(member.id()) && !wasInDoubt(asked));
    }

    private boolean wasInDoubt(Asked asked) {
        return book.parts(asked.removal()).stream()
                .anyMatch(part ->
                        part.node().equals(asked.node()) && RemovalOutcome.of(part.outcome()) == RemovalOutcome.DOUBT);
    }

    @Override
    public void received(Member member, NodeMessage message) {
        if (message instanceof Removed answer) {
            Consumer<Removed> preview = previews.remove(answer.request() + " " + member.id());
            if (preview != null) {
                preview.accept(answer);
            } else {
                answered(member.id(), answer);
            }
        }
    }

    private void answered(NodeId node, Removed answer) {
        RemovalOutcome outcome = RemovalOutcome.of(answer.outcome());
        boolean went = outcome == RemovalOutcome.DONE || outcome == RemovalOutcome.GONE;
        Optional<RemovalPart> before = book.parts(answer.request()).stream()
                .filter(one -> one.node().equals(node))
                .findFirst();
        RemovalBook.Change change = part -> isFinal(part) && !(went && isOwnWord(part))
                ? null
                : with(part, outcome.name(), answer.sentence(), tries(part, outcome));
        Asked asked = new Asked(answer.request(), node);
        unanswered.remove(asked);
        Optional<RemovalPart> noted;
        try {
            // What the master gave up may have been done all the same.
            noted = went
                    ? book.changeLate(answer.request(), node, change)
                    : book.change(answer.request(), node, change);
        } catch (StoreException e) {
            // It is asked again and answers the same.
            LOG.debug("An answer of node {} could not be stored: {}", node, e.getMessage());
            return;
        }
        if (noted.filter(RemovalOrders::isFinal).isPresent()) {
            next.remove(asked);
        }
        if (noted.isPresent()
                && before.filter(part -> isSame(part, noted.get())).isEmpty()) {
            log(node, outcome, answer);
        }
    }

    /** Doubts are counted on their own. */
    private static int tries(RemovalPart part, RemovalOutcome outcome) {
        boolean first = outcome == RemovalOutcome.DOUBT && RemovalOutcome.of(part.outcome()) != RemovalOutcome.DOUBT;
        return first ? 1 : part.tries();
    }

    private static boolean isOwnWord(RemovalPart part) {
        return RemovalOutcome.of(part.outcome()) == RemovalOutcome.KEPT && OWN_WORDS.contains(part.sentence());
    }

    private static boolean isSame(RemovalPart one, RemovalPart other) {
        return one.sentence().equals(other.sentence()) && one.outcome().equals(other.outcome());
    }

    private static void log(NodeId node, RemovalOutcome outcome, Removed answer) {
        if (outcome == RemovalOutcome.DONE || outcome == RemovalOutcome.GONE) {
            LOG.info(
                    "Node {} has done removal {}: tags {} and manifests {} are gone. {}",
                    node,
                    answer.request(),
                    answer.tags(),
                    answer.manifests(),
                    answer.sentence());
        } else {
            LOG.warn("Node {} keeps what removal {} is about: {}", node, answer.request(), answer.sentence());
        }
    }

    @Override
    public void away(Member member) {}

    @Override
    public void removed(Member member) {
        forget(asked -> asked.node().equals(member.id()));
        try {
            book.forget(member.id());
        } catch (StoreException e) {
            LOG.warn("The removals of node {} could not be forgotten: {}", member.id(), e.getMessage());
        }
    }
}
