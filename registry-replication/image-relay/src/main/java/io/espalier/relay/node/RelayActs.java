package io.espalier.relay.node;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import io.espalier.relay.act.NodeActs;
import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.RefusedException;
import io.espalier.relay.transfer.TransferEngine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What this node does for those who have a permission. Thread-safe. */
final class RelayActs implements NodeActs {
    private static final int MOST_IMAGES = 1_000;
    private static final long LIST_LIMIT_NANOS = Duration.ofSeconds(20).toNanos();

    private final NodeId node;
    private final RegistryClient registry;
    private final TransferEngine engine;
    private final Supplier<Optional<ClusterAuthority>> authority;
    private final Consumer<NodeMessage> master;

    /**
     * Acts of a node.
     *
     * @param authority the controller of this process, which only a master has
     * @param master hears what is paused
     */
    RelayActs(
            NodeId node,
            RegistryClient registry,
            TransferEngine engine,
            Supplier<Optional<ClusterAuthority>> authority,
            Consumer<NodeMessage> master) {
        this.node = requireNonNull(node, "node is null");
        this.registry = requireNonNull(registry, "registry is null");
        this.engine = requireNonNull(engine, "engine is null");
        this.authority = requireNonNull(authority, "authority is null");
        this.master = requireNonNull(master, "master is null");
    }

    @Override
    public ActAnswer act(NodeId holder, ControlAction action, String subject) {
        Optional<String> image = subject.isEmpty() ? Optional.empty() : Optional.of(subject);
        try {
            return switch (action) {
                case IMAGES -> images(image);
                case RESYNC -> resync(image);
                case PAUSE -> pause(holder, image);
                case RESUME -> resume(image);
                case MEASURE, PLAN, PUSH -> atMaster(action, subject);
            };
        } catch (IOException | RegistryException e) {
            return ActAnswer.failed("Node " + node + " tried to " + action.word() + " but failed: " + e.getMessage());
        }
    }

    private ActAnswer images(Optional<String> repository) throws RegistryException {
        List<String> lines = new ArrayList<>();
        List<RepositoryName> repositories =
                repository.isPresent() ? List.of(RepositoryName.of(repository.get())) : registry.repositories();
        long end = System.nanoTime() + LIST_LIMIT_NANOS;
        boolean all = true;
        for (RepositoryName name : repositories) {
            for (TagName tag : registry.tags(name)) {
                all = all && lines.size() < MOST_IMAGES && System.nanoTime() < end;
                if (all) {
                    String digest =
                            registry.digestOf(name, tag).map(Digest::toString).orElse("gone");
                    lines.add(name + ":" + tag + " " + digest);
                }
            }
        }
        int count = lines.size();
        String prefix = repository.map(name -> name + ":").orElse("");
        engine.arriving().stream()
                .filter(line -> line.startsWith(prefix))
                .limit(MOST_IMAGES)
                .forEach(lines::add);
        String sentence = "The registry of node " + node + " has " + (all ? "" : "more than ") + count
                + (count == 1 ? " image" : " images") + ", " + (lines.size() - count) + " are on their way.";
        return new ActAnswer(true, sentence, lines);
    }

    /** The master hears that it was done and sends the image again. */
    private ActAnswer resync(Optional<String> image) {
        engine.forget(image);
        return ActAnswer.done("Node " + node + " proves " + image.orElse("all its images")
                + " anew and gets what is missing; image:status at the master shows how far it is.");
    }

    private ActAnswer pause(NodeId holder, Optional<String> image) throws IOException {
        boolean fresh = engine.pause(image, holder.value());
        master.accept(new NodeMessage.Paused(engine.paused()));
        return ActAnswer.done("Node " + node + (fresh ? " takes" : " took already") + " no chunks of "
                + image.orElse("any image") + " and goes on serving its children.");
    }

    private ActAnswer resume(Optional<String> image) throws IOException {
        boolean ended = engine.resume(image);
        List<String> left = engine.paused();
        master.accept(new NodeMessage.Paused(left));
        String still = left.isEmpty() ? "" : " Still paused: " + String.join(", ", left) + ".";
        return ActAnswer.done(
                ended
                        ? "Node " + node + " takes chunks of " + image.orElse("all images") + " again." + still
                        : "Nothing of the kind was paused at node " + node + "." + still);
    }

    private ActAnswer atMaster(ControlAction action, String subject) {
        try {
            ClusterAuthority controller = authority
                    .get()
                    .orElseThrow(() -> new RefusedException(
                            RefusedException.Code.UNAVAILABLE,
                            "There is no controller in the process of node " + node + " now; ask the master."));
            return controller.act(action, subject);
        } catch (RefusedException e) {
            return ActAnswer.failed(e.sentence());
        }
    }
}
