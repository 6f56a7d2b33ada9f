package io.espalier.relay.permission;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.permission.PermissionException.Code;
import io.espalier.relay.protocol.ActRequest;
import io.espalier.relay.protocol.NodeId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides at the target whether a permission holds; each holds once, also over a restart. Thread-safe. */
public final class PermissionCheck {
    /** How far the clocks of master and target may be apart. */
    public static final Duration SKEW = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(PermissionCheck.class);

    private final NodeId self;
    private final Supplier<Optional<PublicKey>> authority;
    private final UsedPermissions used;
    private final Clock clock;
    private final PermissionText text = new PermissionText();

    private PermissionCheck(NodeId self, Supplier<Optional<PublicKey>> authority, UsedPermissions used, Clock clock) {
        this.self = requireNonNull(self, "self is null");
        this.authority = requireNonNull(authority, "authority is null");
        this.used = requireNonNull(used, "used is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Checks for this node.
     *
     * @param authority the cluster's key; empty before the node has joined
     * @param file where the permissions that were used are noted, {@code data/relay/permissions}
     * @throws IOException when the file cannot be read
     */
    public static PermissionCheck open(NodeId self, Supplier<Optional<PublicKey>> authority, Path file, Clock clock)
            throws IOException {
        return new PermissionCheck(self, authority, UsedPermissions.open(file), clock);
    }

    /**
     * Uses the permission up.
     *
     * @param holder who shows it, proved by its certificate
     * @return what may be done now, once
     * @throws PermissionException when it does not hold for this; it is used up only when all is right
     */
    public Permission use(NodeId holder, ActRequest request) throws PermissionException {
        PublicKey key = authority
                .get()
                .orElseThrow(() -> new PermissionException(
                        Code.UNAVAILABLE,
                        "Node " + self + " has not joined the cluster yet and knows no authority; try again later."));
        Permission permission = text.read(request.permission(), key);
        requireMeant(permission, holder, request);
        requireTime(permission);
        claim(permission);
        return permission;
    }

    private void requireMeant(Permission permission, NodeId holder, ActRequest request) throws PermissionException {
        require(
                permission.holder().equals(holder),
                Code.WRONG_HOLDER,
                permission,
                "The permission was given to node " + permission.holder() + " but you are node " + holder + ".");
        require(
                permission.target().equals(self),
                Code.WRONG_TARGET,
                permission,
                "The permission is for node " + permission.target() + " but this is node " + self + ".");
        require(
                permission.action().word().equals(request.action()),
                Code.WRONG_ACTION,
                permission,
                "The permission is for '" + permission.action().word() + "' but something else is wanted.");
        require(
                permission.subject().equals(request.subject()),
                Code.WRONG_SUBJECT,
                permission,
                "The permission is for '" + (permission.subject().isEmpty() ? "all" : permission.subject())
                        + "' and for nothing else.");
    }

    private void requireTime(Permission permission) throws PermissionException {
        Instant now = clock.instant();
        require(
                !now.plus(SKEW).isBefore(permission.notBefore()),
                Code.NOT_YET_VALID,
                permission,
                "The permission is valid from " + permission.notBefore() + " but it is " + now + " at node " + self
                        + "; set the clocks of master and node right to within " + SKEW.toSeconds() + " s.");
        require(
                now.isBefore(permission.expires().plus(SKEW)),
                Code.EXPIRED,
                permission,
                "The permission was valid until " + permission.expires() + " but it is " + now + " at node " + self
                        + "; ask for a new one, and if it is new set the clocks right to within " + SKEW.toSeconds()
                        + " s.");
    }

    private void claim(Permission permission) throws PermissionException {
        UsedPermissions.Claim claim;
        try {
            claim = used.claim(permission.id(), permission.expires().plus(SKEW), clock.instant());
        } catch (IOException e) {
            LOG.warn("The use of a permission cannot be noted, so nothing is permitted: {}", e.getMessage());
            throw new PermissionException(
                    Code.UNAVAILABLE,
                    permission.id(),
                    "Node " + self + " cannot note on its disk that the permission is used, so it does not hold: "
                            + e.getMessage());
        }
        switch (claim) {
            case TAKEN -> LOG.debug("Permission {} of node {} is used.", permission.id(), permission.holder());
            case USED_BEFORE ->
                throw new PermissionException(
                        Code.REPLAYED,
                        permission.id(),
                        "The permission was used before; it holds once. Ask for a new one.");
            case TOO_OLD ->
                throw new PermissionException(
                        Code.EXPIRED,
                        permission.id(),
                        "The permission was valid until " + permission.expires() + " and node " + self
                                + " has seen a later time already; ask for a new one.");
            case NO_ROOM ->
                throw new PermissionException(
                        Code.UNAVAILABLE,
                        permission.id(),
                        "Node " + self + " was shown " + UsedPermissions.MOST
                                + " permissions within minutes; try again later.");
        }
    }

    private static void require(boolean fits, Code code, Permission permission, String sentence)
            throws PermissionException {
        if (!fits) {
            throw new PermissionException(code, permission.id(), sentence);
        }
    }
}
