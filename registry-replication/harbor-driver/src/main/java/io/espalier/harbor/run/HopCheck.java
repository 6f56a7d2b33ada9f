package io.espalier.harbor.run;

import io.espalier.harbor.client.model.Artifact;
import io.espalier.harbor.client.model.Project;
import io.espalier.harbor.client.model.Tag;
import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.session.Content;
import io.espalier.harbor.session.HarborFacts;
import io.espalier.harbor.session.HarborSession;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** What can be known before anything is copied: a task would find it out late, and some of it never says. */
final class HopCheck {
    private final HarborSession parent;
    private final HarborSession child;
    private final CarriedImage image;

    HopCheck(HarborSession parent, HarborSession child, CarriedImage image) {
        this.parent = parent;
        this.child = child;
        this.image = image;
    }

    /** Whether the child has it all already. */
    boolean isThere() throws HarborException {
        for (String tag : image.tags()) {
            Optional<Artifact> there = child.content().artifact(image.repository(), tag);
            if (there.isEmpty() || !image.digest().equals(there.get().getDigest())) {
                return false;
            }
        }
        return true;
    }

    /** Refuses what cannot go well; makes the project. */
    void prepare() throws HarborException {
        name();
        HarborFacts facts = child.ready();
        Artifact artifact = source();
        Optional<Project> there = child.content().project(project());
        if (there.isPresent()) {
            if (there.get().getRegistryId() != null && there.get().getRegistryId() != 0) {
                throw new HarborException(
                        HarborTrouble.PROXY_PROJECT,
                        "The project " + project() + " of the Harbor '"
                                + child.node().name()
                                + "' caches another registry, and Harbor replicates nothing into such a project without saying"
                                + " so; name another project.");
            }
            immutability();
            room(there.get(), artifact);
        } else {
            makeProject(facts);
        }
        disk(artifact);
    }

    private String project() {
        return Content.projectOf(image.repository());
    }

    private void name() throws HarborException {
        if (project().isEmpty()) {
            throw new HarborException(
                    HarborTrouble.NAME,
                    "The repository '" + image.repository()
                            + "' has no project, and everything in a Harbor is in one; push it as PROJECT/"
                            + image.repository() + ".");
        }
        if (image.tags().isEmpty()) {
            throw new HarborException(
                    HarborTrouble.NAME,
                    "The image " + image.repository() + "@" + image.digest()
                            + " has no tag, and a policy of Harbor selects by tags; give it one.");
        }
    }

    private Artifact source() throws HarborException {
        for (String tag : image.tags()) {
            Optional<Artifact> found = parent.content().artifact(image.repository(), tag);
            String digest = found.map(Artifact::getDigest).orElse("");
            if (!image.digest().equals(digest)) {
                throw new HarborException(
                        digest.isEmpty() ? HarborTrouble.NOT_FOUND : HarborTrouble.MISMATCH,
                        "Tried to carry " + image.repository() + ":" + tag + " on from the Harbor '"
                                + parent.node().name() + "' but there it is "
                                + (digest.isEmpty() ? "missing" : "another digest (" + digest + ")")
                                + "; a newer push of the tag is carried by a run of its own.");
            }
        }
        return parent.content()
                .artifact(image.repository(), image.digest())
                .orElseThrow(() -> new HarborException(
                        HarborTrouble.NOT_FOUND,
                        "The digest " + image.digest() + " is not at the Harbor '"
                                + parent.node().name() + "' any more."));
    }

    private void makeProject(HarborFacts facts) throws HarborException {
        boolean open = parent.content()
                .project(project())
                .map(Project::getMetadata)
                .map(metadata -> "true".equals(metadata.get("public")))
                .orElse(false);
        try {
            child.content().createProject(project(), open);
        } catch (HarborException e) {
            if (e.trouble() == HarborTrouble.CONFLICT) {
                return;
            }
            if (e.trouble() != HarborTrouble.FORBIDDEN && e.trouble() != HarborTrouble.CREDENTIALS) {
                throw e;
            }
            throw new HarborException(
                    HarborTrouble.NO_PROJECT,
                    "The Harbor '" + child.node().name() + "' has no project " + project() + " and '"
                            + child.node().login().user() + "' may not make it"
                            + (facts.adminsCreateProjects() ? " (only administrators create projects there)" : "")
                            + "; make it by hand or give that permission.",
                    e);
        }
    }

    private void immutability() throws HarborException {
        for (String tag : image.tags()) {
            Optional<Artifact> there = child.content().artifact(image.repository(), tag);
            if (there.isPresent()
                    && !image.digest().equals(there.get().getDigest())
                    && there.get().getTags() != null
                    && there.get().getTags().stream().anyMatch(one -> isImmutable(one, tag))) {
                throw new HarborException(
                        HarborTrouble.IMMUTABLE,
                        "The tag " + image.repository() + ":" + tag + " is immutable at the Harbor '"
                                + child.node().name()
                                + "' and has another digest there; push under a new tag, or change the"
                                + " project's rule.");
            }
        }
    }

    private static boolean isImmutable(Tag tag, String name) {
        return name.equals(tag.getName()) && Boolean.TRUE.equals(tag.getImmutable());
    }

    private void room(Project project, Artifact artifact) throws HarborException {
        // What the child has already needs no room; how much that is, it does not say, so only a first copy is judged.
        if (child.content().artifact(image.repository(), image.digest()).isPresent()) {
            return;
        }
        OptionalLong room = child.content().roomIn(project);
        if (room.isPresent() && room.getAsLong() < bytes(artifact) && isEmptyHanded()) {
            throw new HarborException(
                    HarborTrouble.QUOTA,
                    "The image " + image + " has " + bytes(artifact) + " bytes but the quota of the project "
                            + project()
                            + " at the Harbor '" + child.node().name() + "' leaves " + room.getAsLong()
                            + "; raise it or remove images there.");
        }
    }

    /** Whether no tag of it is at the child, so that it brings most of its bytes. */
    private boolean isEmptyHanded() throws HarborException {
        for (String tag : image.tags()) {
            if (child.content().artifact(image.repository(), tag).isPresent()) {
                return false;
            }
        }
        return true;
    }

    private void disk(Artifact artifact) throws HarborException {
        OptionalLong free = child.content().freeDisk();
        if (free.isPresent() && free.getAsLong() < bytes(artifact)) {
            throw new HarborException(
                    HarborTrouble.DISK,
                    "The image " + image + " has " + bytes(artifact) + " bytes but the disk of the Harbor '"
                            + child.node().name() + "' has " + free.getAsLong() + " left; make room there.");
        }
    }

    private static long bytes(Artifact artifact) {
        return Objects.requireNonNullElse(artifact.getSize(), 0L);
    }
}
