package io.espalier.replication.node;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.control.AuditTrail;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.removal.NodePreview;
import io.espalier.replication.removal.RemovalDesk;
import io.espalier.replication.removal.RemovalMode;
import io.espalier.replication.removal.RemovalView;
import io.espalier.replication.removal.Removals;
import java.util.List;
import java.util.Optional;

/** Keeps in the audit who decided about removals; what cannot be noted is not done. Thread-safe. */
final class AuditedRemovals implements Removals {
    private final RemovalDesk desk;
    private final AuditTrail audit;
    private final String who;

    /** @param who where the decisions come from: an address, or the shell */
    AuditedRemovals(RemovalDesk desk, AuditTrail audit, String who) {
        this.desk = requireNonNull(desk, "desk is null");
        this.audit = requireNonNull(audit, "audit is null");
        this.who = requireNonNull(who, "who is null");
    }

    private void note(String action, String id) {
        desk.imageOf(id).ifPresent(image -> audit.decided(who, action, image + " (removal " + id + ")"));
    }

    @Override
    public List<RemovalView> list(int most) {
        return desk.list(most);
    }

    @Override
    public int undecided() {
        return desk.undecided();
    }

    @Override
    public String confirm(String id) throws ImageException {
        note("confirm-removal", id);
        return desk.confirm(id);
    }

    @Override
    public String reject(String id) {
        note("reject-removal", id);
        return desk.reject(id);
    }

    @Override
    public String remove(ImageName image, Optional<RemovalMode> mode) throws ImageException {
        audit.decided(
                who,
                "remove",
                image + mode.map(chosen -> " (" + chosen.word() + ")").orElse(""));
        return desk.remove(image, mode);
    }

    @Override
    public List<NodePreview> preview(ImageName image, Optional<RemovalMode> mode) throws ImageException {
        return desk.preview(image, mode);
    }
}
