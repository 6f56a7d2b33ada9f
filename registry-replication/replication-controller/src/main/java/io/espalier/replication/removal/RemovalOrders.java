package io.espalier.replication.removal;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MasterMessage.Remove;
import io.espalier.relay.protocol.MessageCodec;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Removed;
import io.espalier.relay.protocol.RemovalOutcome;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells nodes what to remove, again where that failed, and notes what they answer. Thread-safe. */
final class RemovalOrders implements MemberListener {
    private static final Logger LOG = LoggerFactory.getLogger(RemovalOrders.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);
    private static final int MOST_AT_ONCE = 50;
    static final String BACK = "The image was pushed again before the node could be told, so it stays.";

    private final RemovalBook book;
    private final ReplicatedImages images;
    private final Members members;
    private final Clock clock;
    private final MessageCodec codec = new MessageCodec();
    /** When each node is asked again, by removal and node; those that are not here are asked at once. */
    private final Map<String, Instant> next = new ConcurrentHashMap<>();

    private final Map<String, Consumer<Removed>> previews = new ConcurrentHashMap<>();

    RemovalOrders(RemovalBook book, ReplicatedImages images, Members members, Clock clock) {
        this.images = requireNonNull(images, "images is null");
        this.book = requireNonNull(book, "book is null");
        this.members = requireNonNull(members, "members is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    private static String key(RemovalPart part) {
        return part.removal() + " " + part.node();
    }

    /** Asks the nodes that are due, and ends removals that all have answered. */
    void go() {
        for (RemovalRow row : book.in(State.ORDERED)) {
            if (images.find(RemovalBook.name(row)).isPresent()) {
                close(row, BACK);
            }
            List<RemovalPart> parts = book.parts(row.id());
            if (parts.stream().allMatch(RemovalOrders::isFinal)) {
                end(row);
            } else {
                parts.stream().filter(this::isDue).limit(MOST_AT_ONCE).forEach(part -> ask(row, part));
            }
        }
    }

    private void end(RemovalRow row) {
        book.save(row.in(State.DONE, "", clock.instant()));
        LOG.info("The removal of {} is over: every node has answered.", RemovalBook.name(row));
    }

    private static boolean isFinal(RemovalPart part) {
        return RemovalOutcome.of(part.outcome()).isFinal();
    }

    /** A node that does not delete is asked again only when an operator says so. */
    private static boolean isOpen(RemovalPart part) {
        return !isFinal(part) && RemovalOutcome.of(part.outcome()) != RemovalOutcome.UNSUPPORTED;
    }

    private boolean isDue(RemovalPart part) {
        Instant due = next.get(key(part));
        return isOpen(part)
                && (due == null || !clock.instant().isBefore(due))
                && members.find(part.node()).filter(Member::connected).isPresent();
    }

    /** Noted before it is sent, since the answer may come at once. */
    private void ask(RemovalRow row, RemovalPart part) {
        Optional<RemovalPart> noted =
                book.change(row.id(), part.node(), before -> isOpen(before) ? asked(before) : null);
        if (noted.isEmpty()) {
            return;
        }
        next.put(key(part), clock.instant().plus(pause(noted.get().tries())));
        if (!members.send(part.node(), codec.decodeRecord(row.body(), Remove.class))) {
            next.remove(key(part));
        }
    }

    private RemovalPart asked(RemovalPart before) {
        int tries = before.tries() + 1;
        String sentence = before.outcome().isEmpty() && tries > 1
                ? "The node was asked " + before.tries() + " times and did not answer; its release may be too old."
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
    }

    /** Asks those again that could not do it; answers how many. */
    int askAgain(RemovalRow row) {
        int again = 0;
        for (RemovalPart part : book.parts(row.id())) {
            Optional<RemovalPart> open =
                    book.change(row.id(), part.node(), before -> isFinal(before) ? null : with(before, "", "", 0));
            if (open.isPresent()) {
                next.remove(key(part));
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
        next.keySet().removeIf(key -> key.endsWith(" " + member.id()));
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
        Optional<RemovalPart> before = book.parts(answer.request()).stream()
                .filter(one -> one.node().equals(node))
                .findFirst();
        RemovalOutcome outcome = RemovalOutcome.of(answer.outcome());
        try {
            book.change(
                    answer.request(),
                    node,
                    part -> isFinal(part) ? null : with(part, outcome.name(), answer.sentence(), part.tries()));
        } catch (StoreException e) {
            // It is asked again and answers the same.
            LOG.debug("An answer of node {} could not be stored: {}", node, e.getMessage());
            return;
        }
        before.filter(part -> !part.sentence().equals(answer.sentence())
                        || !part.outcome().equals(outcome.name()))
                .ifPresent(part -> log(node, outcome, answer));
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
        try {
            book.forget(member.id());
        } catch (StoreException e) {
            LOG.warn("The removals of node {} could not be forgotten: {}", member.id(), e.getMessage());
        }
    }
}
