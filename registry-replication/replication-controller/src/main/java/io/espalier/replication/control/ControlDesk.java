package io.espalier.replication.control;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.permission.Permission;
import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.MasterMessage.Granted;
import io.espalier.relay.protocol.MasterMessage.Refused;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Acted;
import io.espalier.relay.protocol.NodeMessage.Ask;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.MemberListener;
import io.espalier.replication.member.Members;
import io.espalier.replication.store.ControlStore.RequestRow;
import io.espalier.replication.store.ControlStore.RuleRow;
import io.espalier.replication.store.StoreException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests of nodes, each by the rules and into the audit, and notes what targets did. Thread-safe. */
public final class ControlDesk implements MemberListener {
    private static final int MAX_REQUEST_CHARS = 64;
    private static final String REFUSED = "REFUSED";
    private static final Logger LOG = LoggerFactory.getLogger(ControlDesk.class);

    private final Members members;
    private final ControlPolicy policy;
    private final AuditTrail audit;
    private final ControlSettings settings;
    private final MasterWork work;
    private final Function<Permission, String> signer;
    private final Clock clock;
    private final AskRate asks = new AskRate();
    private final AskRate complaints = new AskRate();

    /** @param signer signs with the cluster's authority */
    public ControlDesk(
            Members members,
            ControlPolicy policy,
            AuditTrail audit,
            ControlSettings settings,
            MasterWork work,
            Function<Permission, String> signer,
            Clock clock) {
        this.members = requireNonNull(members, "members is null");
        this.policy = requireNonNull(policy, "policy is null");
        this.audit = requireNonNull(audit, "audit is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.work = requireNonNull(work, "work is null");
        this.signer = requireNonNull(signer, "signer is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void received(Member member, NodeMessage message) {
        if (message instanceof Ask ask) {
            boolean sent = members.send(member.id(), answer(member, ask));
            LOG.debug("Node {} got its answer: {}.", member.id(), sent);
        } else if (message instanceof Acted acted) {
            try {
                acted(member, acted);
            } catch (StoreException e) {
                audit.failed("what node " + member.id() + " did", e);
            }
        }
    }

    private MasterMessage answer(Member member, Ask ask) {
        if (ask.request().length() > MAX_REQUEST_CHARS) {
            return new Refused("", "The id of a request has at most " + MAX_REQUEST_CHARS + " characters.");
        }
        AskRate.Hearing hearing = asks.hear(member.id(), System.nanoTime());
        if (hearing == AskRate.Hearing.STILL_TOO_OFTEN) {
            return new Refused(ask.request(), tooOften(member));
        }
        String id = UUID.randomUUID().toString();
        try {
            return hearing == AskRate.Hearing.HEARD
                    ? judged(member, ask, id)
                    : refused(member, ask, id, ask.target(), tooOften(member));
        } catch (StoreException e) {
            audit.failed("a request of node " + member.id(), e);
            return new Refused(
                    ask.request(),
                    "The master cannot note the request in its audit now, and grants nothing without that; try again later.");
        }
    }

    private static String tooOften(Member member) {
        return "Node " + member.id() + " asks more than " + AskRate.A_MINUTE
                + " times a minute; further requests are refused and not noted until that ends.";
    }

    private MasterMessage judged(Member member, Ask ask, String id) {
        Wish wish;
        try {
            wish = Wish.of(member, ask, members);
        } catch (IllegalArgumentException e) {
            return refused(member, ask, id, ask.target(), String.valueOf(e.getMessage()));
        }
        String target = wish.target().id().value();
        Optional<RuleRow> rule = policy.granting(wish);
        if (rule.isEmpty()) {
            return refused(
                    member,
                    ask,
                    id,
                    target,
                    "No rule lets node " + member.id() + " " + words(wish)
                            + "; the master's operator can change that with" + " control:grant.");
        }
        Optional<ImageName> image = wish.action() == ControlAction.RESYNC ? wish.imageName() : Optional.empty();
        if (image.isPresent() && !work.knows(image.get())) {
            return refused(
                    member,
                    ask,
                    id,
                    target,
                    "The master never sent " + image.get() + ", so it cannot be synced again.");
        }
        return granted(member, ask, id, wish, rule.get());
    }

    private static String words(Wish wish) {
        return wish.action().word() + " at node " + wish.target().id() + " for "
                + (wish.subject().isEmpty() ? "all" : wish.subject());
    }

    private MasterMessage granted(Member member, Ask ask, String id, Wish wish, RuleRow rule) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Permission permission = new Permission(
                id,
                member.id(),
                wish.target().id(),
                wish.action(),
                wish.subject(),
                now,
                now.plus(settings.life().truncatedTo(ChronoUnit.SECONDS)));
        String signed = signer.apply(permission);
        audit.note(
                id,
                member.id().value(),
                ask.action(),
                wish.target().id().value(),
                wish.subject(),
                true,
                "rule " + rule.id());
        LOG.info("Node {} may {} by rule {}, permission {}.", member.id(), words(wish), rule.id(), id);
        return new Granted(ask.request(), signed, wish.target().address());
    }

    private MasterMessage refused(Member member, Ask ask, String id, String target, String reason) {
        audit.note(id, member.id().value(), ask.action(), target, ask.subject(), false, reason);
        LOG.info("A request of node {} is refused: {}", member.id(), reason);
        return new Refused(ask.request(), reason);
    }

    private void acted(Member target, Acted acted) {
        if (acted.outcome().equals(REFUSED)) {
            rejected(target, acted);
            return;
        }
        Optional<RequestRow> request =
                audit.answered(acted.permission(), target.id(), acted.outcome(), acted.sentence());
        request.filter(row -> row.action().equals(ControlAction.RESYNC.word())).ifPresent(row -> resync(target, row));
    }

    private void resync(Member target, RequestRow row) {
        try {
            work.resync(
                    target.id(),
                    row.subject().isEmpty() ? Optional.empty() : Optional.of(ImageName.parse(row.subject())));
        } catch (IllegalStateException e) {
            LOG.warn("Node {} cannot be synced again now: {}", target.id(), e.getMessage());
        }
    }

    /** Somebody showed a permission that does not hold: a line of its own, for the request that it came from was another one. */
    private void rejected(Member target, Acted acted) {
        if (complaints.hear(target.id(), System.nanoTime()) == AskRate.Hearing.STILL_TOO_OFTEN) {
            return;
        }
        Optional<RequestRow> origin = acted.permission().isEmpty() ? Optional.empty() : audit.find(acted.permission());
        audit.note(
                UUID.randomUUID().toString(),
                acted.holder().value(),
                origin.map(RequestRow::action).orElse("unknown"),
                target.id().value(),
                origin.map(RequestRow::subject).orElse(""),
                false,
                "The target refused permission "
                        + (acted.permission().isEmpty() ? "of unknown origin" : acted.permission()) + ": "
                        + acted.sentence());
    }

    @Override
    public void connected(Member member, NodeMessage.Hello hello) {}

    @Override
    public void away(Member member) {}

    @Override
    public void removed(Member member) {
        asks.forget(member.id());
        complaints.forget(member.id());
        policy.forget(member.id());
    }
}
