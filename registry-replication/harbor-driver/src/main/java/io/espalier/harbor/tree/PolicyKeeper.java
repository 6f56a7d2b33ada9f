package io.espalier.harbor.tree;

import io.espalier.harbor.client.model.Execution;
import io.espalier.harbor.client.model.RegistryRef;
import io.espalier.harbor.client.model.ReplicationFilter;
import io.espalier.harbor.client.model.ReplicationPolicy;
import io.espalier.harbor.client.model.ReplicationTrigger;
import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.node.HarborEdge;
import io.espalier.harbor.session.HarborFacts;
import io.espalier.harbor.session.HarborSession;
import io.espalier.harbor.tree.TreeStep.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes and mends the policies of edges. */
final class PolicyKeeper {
    /** Until a run says what to copy: nothing, so that an execution by hand does not copy everything. */
    private static final String NOTHING = "espalier/nothing-selected-yet";

    private static final String MANUAL = "manual";
    private static final Duration POLL = Duration.ofMillis(250);

    private final String cluster;
    private final OwnMark mark;
    private final EdgeSettings settings;
    private final Duration stopLimit;

    PolicyKeeper(String cluster, OwnMark mark, EdgeSettings settings, Duration stopLimit) {
        this.cluster = cluster;
        this.mark = mark;
        this.settings = settings;
        this.stopLimit = stopLimit;
    }

    /** @param registry the child's entry; empty when a dry run would make it */
    void ensure(HarborSession parent, HarborFacts facts, HarborEdge edge, OptionalLong registry, Steps steps)
            throws HarborException {
        String name = TreeNames.policy(cluster, edge);
        Optional<ReplicationPolicy> there = parent.policies().named(name);
        if (there.isEmpty()) {
            create(parent, facts, name, registry, steps);
            return;
        }
        ReplicationPolicy policy = there.get();
        if (!mark.isOurs(policy.getDescription())) {
            throw RegistryKeeper.foreign(parent.node(), "policy", name);
        }
        Boolean chunks = chunks(parent, facts, registry);
        String drift = drift(policy, registry, chunks);
        if (drift.isEmpty()) {
            steps.tell(new TreeStep(parent.node().name(), Kind.KEEP, "policy " + name, "", ""));
            return;
        }
        TreeStep step = new TreeStep(
                parent.node().name(),
                Kind.CHANGE,
                "policy " + name,
                "PUT /replication/policies/" + policy.getId(),
                drift);
        steps.run(step, () -> parent.policies().change(policy.getId(), whole -> fill(whole, registry, chunks)));
    }

    private void create(HarborSession parent, HarborFacts facts, String name, OptionalLong registry, Steps steps)
            throws HarborException {
        ReplicationPolicy policy = new ReplicationPolicy()
                .name(name)
                .description(mark.policy())
                .addFiltersItem(new ReplicationFilter().type("name").value(NOTHING));
        fill(policy, registry, chunks(parent, facts, registry));
        String target = registry.isPresent() ? Long.toString(registry.getAsLong()) : "the new one";
        TreeStep step = new TreeStep(
                parent.node().name(),
                Kind.CREATE,
                "policy " + name,
                "POST /replication/policies {name: " + name + ", dest_registry: " + target + ", trigger: manual}",
                "");
        steps.run(step, () -> {
            long ignored = parent.policies().create(policy);
        });
    }

    /** Whether to copy in chunks; null where the Harbor does not know of that. */
    private @Nullable Boolean chunks(HarborSession parent, HarborFacts facts, OptionalLong registry)
            throws HarborException {
        if (!facts.version().copiesByChunk()) {
            return null;
        }
        return settings.copyByChunk()
                && (registry.isEmpty() || parent.registries().copiesByChunk(registry.getAsLong()));
    }

    /** Everything but name, description and filters. What is left out would get Harbor's defaults, which flatten names. */
    @SuppressWarnings("NullAway") // The generated setters take null for "left out".
    private void fill(ReplicationPolicy policy, OptionalLong registry, @Nullable Boolean chunks) {
        registry.ifPresent(id -> policy.setDestRegistry(new RegistryRef().id(id)));
        policy.setSrcRegistry(null);
        policy.setDestNamespace("");
        policy.setDestNamespaceReplaceCount(0);
        policy.setTrigger(new ReplicationTrigger().type(MANUAL));
        // The handler reads the old name of this field on write, and shows the new one on read.
        policy.setDeletion(false);
        policy.setReplicateDeletion(false);
        policy.setOverride(true);
        policy.setEnabled(true);
        policy.setSpeed(settings.kilobytesPerSecond());
        policy.setCopyByChunk(chunks);
    }

    /** Why a policy has to be written; empty when it is right. */
    private String drift(ReplicationPolicy policy, OptionalLong registry, @Nullable Boolean chunks) {
        ReplicationTrigger trigger = policy.getTrigger();
        if (trigger != null && trigger.getType() != null && !MANUAL.equals(trigger.getType())) {
            String cron = trigger.getTriggerSettings() == null
                            || trigger.getTriggerSettings().getCron() == null
                    ? ""
                    : " with the schedule '" + trigger.getTriggerSettings().getCron()
                            + "' (six fields, the first for seconds)";
            return "somebody had set its trigger to " + trigger.getType() + cron + "; runs start it";
        }
        if (registry.isPresent()
                && (policy.getDestRegistry() == null
                        || !Long.valueOf(registry.getAsLong())
                                .equals(policy.getDestRegistry().getId()))) {
            return "it pushed to another registry";
        }
        if (!Boolean.TRUE.equals(policy.getEnabled())) {
            return "it was disabled";
        }
        if (!Integer.valueOf(0).equals(policy.getDestNamespaceReplaceCount())
                || (policy.getDestNamespace() != null
                        && !policy.getDestNamespace().isEmpty())) {
            return "it changed the names of repositories";
        }
        if (!Boolean.TRUE.equals(policy.getOverride())) {
            return "it did not overwrite";
        }
        if (Boolean.TRUE.equals(policy.getDeletion()) || Boolean.TRUE.equals(policy.getReplicateDeletion())) {
            return "it deleted";
        }
        boolean limited = policy.getSpeed() != null && policy.getSpeed() > 0;
        if ((limited ? policy.getSpeed() : 0) != settings.kilobytesPerSecond()) {
            return "its speed limit was another one";
        }
        return chunks == null || chunks.equals(Boolean.TRUE.equals(policy.getCopyByChunk()))
                ? ""
                : "whether it copies in chunks was set otherwise";
    }

    /** Removes what is ours and not among these names. */
    void removeAllBut(HarborSession session, List<String> kept, Steps steps) throws HarborException {
        for (ReplicationPolicy policy : session.policies().like(TreeNames.PREFIX)) {
            String name = String.valueOf(policy.getName());
            if (!kept.contains(name) && mark.isOurs(policy.getDescription())) {
                TreeStep step = new TreeStep(
                        session.node().name(),
                        Kind.REMOVE,
                        "policy " + name,
                        "DELETE /replication/policies/" + policy.getId(),
                        "");
                steps.run(step, () -> delete(session, policy.getId(), name));
            }
        }
    }

    /** A policy that runs cannot be deleted, so its executions are stopped first. */
    private void delete(HarborSession session, long id, String name) throws HarborException {
        long end = System.nanoTime() + stopLimit.toNanos();
        while (true) {
            try {
                session.policies().delete(id);
                return;
            } catch (HarborException e) {
                if (e.trouble() == HarborTrouble.NOT_FOUND) {
                    return;
                }
                if (e.trouble() != HarborTrouble.IN_USE || System.nanoTime() - end > 0) {
                    throw e.trouble() == HarborTrouble.IN_USE ? stillRuns(session, name, e) : e;
                }
            }
            for (Execution running : session.executions().running(id)) {
                session.executions().stop(running.getId());
            }
            pause(session);
        }
    }

    private HarborException stillRuns(HarborSession session, String name, HarborException e) {
        return new HarborException(
                HarborTrouble.IN_USE,
                "Tried to remove the policy " + name + " at the Harbor '"
                        + session.node().name()
                        + "' but its execution still runs " + stopLimit.toSeconds()
                        + " s after it was told to stop, which it does between two blobs; run the command again later.",
                e);
    }

    private static void pause(HarborSession session) throws HarborException {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HarborException(
                    HarborTrouble.INTERRUPTED,
                    "Removing a policy at the Harbor '" + session.node().name() + "' was interrupted.",
                    e);
        }
    }
}
