package io.espalier.harbor.tree;

import io.espalier.harbor.client.model.Credential;
import io.espalier.harbor.client.model.Registry;
import io.espalier.harbor.client.model.RegistryUpdate;
import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.node.HarborNode;
import io.espalier.harbor.session.HarborFacts;
import io.espalier.harbor.session.HarborSession;
import io.espalier.harbor.tree.TreeStep.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** Makes and mends the registry entries of children at their parents. */
final class RegistryKeeper {
    private static final String TYPE = "harbor";

    private final String cluster;
    private final OwnMark mark;

    RegistryKeeper(String cluster, OwnMark mark) {
        this.cluster = cluster;
        this.mark = mark;
    }

    /** The id of the child's entry; empty when a dry run would make it. */
    OptionalLong ensure(HarborSession parent, HarborFacts facts, HarborNode child, Steps steps) throws HarborException {
        String name = TreeNames.registry(cluster, child.name());
        Optional<Registry> there = parent.registries().like(name).stream()
                .filter(one -> name.equals(one.getName()))
                .findFirst();
        if (there.isEmpty()) {
            return create(parent, facts, child, name, steps);
        }
        Registry entry = there.get();
        if (!mark.isOurs(entry.getDescription())) {
            throw foreign(parent.node(), "registry", name);
        }
        if (!TYPE.equals(entry.getType())) {
            throw new HarborException(
                    HarborTrouble.FOREIGN,
                    "The registry " + name + " at the Harbor '" + parent.node().name() + "' has the type '"
                            + entry.getType() + "', which cannot be changed; remove it there.");
        }
        String drift = drift(entry, child);
        if (drift.isEmpty()) {
            steps.tell(new TreeStep(parent.node().name(), Kind.KEEP, "registry " + name, "", ""));
        } else {
            TreeStep step = new TreeStep(
                    parent.node().name(), Kind.CHANGE, "registry " + name, "PUT /registries/" + entry.getId(), drift);
            steps.run(
                    step,
                    () -> healthy(parent, facts, child, () -> {
                        parent.registries().update(entry.getId(), update(facts, child));
                    }));
        }
        return OptionalLong.of(entry.getId());
    }

    static HarborException foreign(HarborNode at, String kind, String name) {
        return new HarborException(
                HarborTrouble.FOREIGN,
                "Tried to set up the " + kind + " " + name + " at the Harbor '" + at.name()
                        + "' but one of this name is there that Espalier did not make for this cluster; rename or remove it.");
    }

    private OptionalLong create(HarborSession parent, HarborFacts facts, HarborNode child, String name, Steps steps)
            throws HarborException {
        Registry wanted = new Registry()
                .name(name)
                .url(child.url())
                .type(TYPE)
                .insecure(child.insecure())
                .description(mark.registry(child))
                .credential(new Credential()
                        .type("basic")
                        .accessKey(child.login().user())
                        .accessSecret(child.login().secret()));
        authority(facts, child).ifPresent(wanted::setCaCertificate);
        AtomicLong id = new AtomicLong(-1);
        TreeStep step = new TreeStep(
                parent.node().name(),
                Kind.CREATE,
                "registry " + name,
                "POST /registries {name: " + name + ", type: harbor, url: " + child.url() + ", user: "
                        + child.login().user() + "}",
                "");
        steps.run(
                step,
                () -> healthy(
                        parent, facts, child, () -> id.set(parent.registries().create(wanted))));
        return id.get() < 0 ? OptionalLong.empty() : OptionalLong.of(id.get());
    }

    /** Why an entry has to be written; empty when it is right. */
    private String drift(Registry entry, HarborNode child) {
        if (!child.url().equals(entry.getUrl())) {
            return "its address was " + entry.getUrl();
        }
        if (child.insecure() != Boolean.TRUE.equals(entry.getInsecure())) {
            return "whether its certificate is checked was set otherwise";
        }
        if (entry.getCredential() == null
                || !child.login().user().equals(entry.getCredential().getAccessKey())) {
            return "its user was another one";
        }
        if (!mark.matches(entry.getDescription(), child)) {
            return "its credentials were others";
        }
        return "unhealthy".equals(entry.getStatus()) ? "it was unhealthy" : "";
    }

    /** Always with the secret as we know it: that which was read is made of asterisks. */
    private RegistryUpdate update(HarborFacts facts, HarborNode child) throws HarborException {
        RegistryUpdate update = new RegistryUpdate()
                .url(child.url())
                .insecure(child.insecure())
                .description(mark.registry(child))
                .credentialType("basic")
                .accessKey(child.login().user())
                .accessSecret(child.login().secret());
        authority(facts, child).ifPresent(update::setCaCertificate);
        return update;
    }

    private static Optional<String> authority(HarborFacts facts, HarborNode child) throws HarborException {
        if (child.authority().isEmpty() || child.insecure() || !facts.version().takesAuthorities()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(child.authority().get()));
        } catch (IOException e) {
            throw new HarborException(
                    HarborTrouble.CERTIFICATE,
                    "Tried to read the ca-file of the Harbor '" + child.name() + "' but got: " + e.getMessage() + ".",
                    e);
        }
    }

    /** Harbor connects to the other one before it takes an entry; says what to do when that fails. */
    private static void healthy(HarborSession parent, HarborFacts facts, HarborNode child, Steps.Deed deed)
            throws HarborException {
        try {
            deed.run();
        } catch (HarborException e) {
            if (e.trouble() != HarborTrouble.REFUSED || !e.sentence().contains("unhealthy")) {
                throw e;
            }
            boolean untold = child.authority().isPresent()
                    && !child.insecure()
                    && !facts.version().takesAuthorities();
            throw new HarborException(
                    HarborTrouble.UNHEALTHY,
                    "The Harbor '" + parent.node().name() + "' cannot connect to '" + child.name() + "' at "
                            + child.url() + "; check names, routes and firewalls from there"
                            + (untold
                                    ? ", and its trust: Harbor " + facts.version()
                                            + " takes no authority with a registry (2.15 and later do), so add the ca-file to"
                                            + " that Harbor's own trusted certificates."
                                    : ", and that it trusts that certificate."),
                    e);
        }
    }

    /** Removes what is ours and not among these names. */
    void removeAllBut(HarborSession session, List<String> kept, Steps steps) throws HarborException {
        for (Registry entry : session.registries().like(TreeNames.PREFIX)) {
            String name = String.valueOf(entry.getName());
            if (!kept.contains(name) && mark.isOurs(entry.getDescription())) {
                TreeStep step = new TreeStep(
                        session.node().name(),
                        Kind.REMOVE,
                        "registry " + name,
                        "DELETE /registries/" + entry.getId(),
                        "");
                try {
                    steps.run(step, () -> session.registries().delete(entry.getId()));
                } catch (HarborException e) {
                    if (e.trouble() != HarborTrouble.IN_USE) {
                        throw e;
                    }
                    steps.tell(new TreeStep(
                            session.node().name(),
                            Kind.LEAVE,
                            "registry " + name,
                            "",
                            "a policy or proxy project that is not ours uses it; remove that first, then run again."));
                }
            }
        }
    }
}
