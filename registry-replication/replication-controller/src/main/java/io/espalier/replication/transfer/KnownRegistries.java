package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.member.Member;
import io.espalier.replication.store.StoreException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which registry each node had when it said what it has; with another one its word no longer counts. Thread-safe. */
final class KnownRegistries {
    private static final Logger LOG = LoggerFactory.getLogger(KnownRegistries.class);

    private final Resync resync;
    private final Map<NodeId, String> registries = new ConcurrentHashMap<>();

    /** @param members as they were known before they came */
    KnownRegistries(Resync resync, Collection<Member> members) {
        this.resync = requireNonNull(resync, "resync is null");
        members.forEach(member -> registries.put(member.id(), member.registry()));
    }

    /** A node says which registry it has. */
    void came(Member member) {
        String now = member.registry();
        String before = registries.getOrDefault(member.id(), now);
        try {
            if (!before.isEmpty() && !now.isEmpty() && !before.equals(now)) {
                resync.forget(member.id());
                LOG.info("Node {} has another registry now, {}: what it has is proved anew.", member.id(), now);
            }
            registries.put(member.id(), now);
        } catch (StoreException e) {
            LOG.warn(
                    "That node {} has another registry could not be noted, so that images that it had count as there: {} Use"
                            + " control:ask resync on that node.",
                    member.id(),
                    e.getMessage());
        }
    }

    /** It is no member any more. */
    void forget(NodeId node) {
        registries.remove(node);
    }
}
