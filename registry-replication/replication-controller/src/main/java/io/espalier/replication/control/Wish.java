package io.espalier.replication.control;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.name.RepositoryName;
import io.espalier.relay.permission.Permission;
import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage.Ask;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import java.util.Optional;

/**
 * A request that makes sense; whether it is granted is another question.
 *
 * @param subject as it was asked, an image or a repository; empty for all
 * @param repository of the subject; empty for all
 */
record Wish(NodeId holder, ControlAction action, Member target, String subject, String repository) {
    Wish {
        requireNonNull(holder, "holder is null");
        requireNonNull(action, "action is null");
        requireNonNull(target, "target is null");
    }

    /**
     * Reads a request.
     *
     * @throws IllegalArgumentException with a sentence for the node's operator
     */
    static Wish of(Member holder, Ask ask, Members members) {
        ControlAction action = ControlAction.find(ask.action())
                .orElseThrow(() -> new IllegalArgumentException("This master knows no such action; it knows "
                        + String.join(", ", ControlAction.words()) + "."));
        Member target = target(holder, action, ask.target(), members);
        if (action.isMasters() != target.master() && action != ControlAction.IMAGES) {
            throw new IllegalArgumentException(
                    action.isMasters()
                            ? "Only the master can " + action.word() + "; leave the node out."
                            : "The master is the source of all images, so it cannot " + action.word()
                                    + "; name another node.");
        }
        if (ask.subject().length() > Permission.MAX_SUBJECT_CHARS) {
            throw new IllegalArgumentException(
                    "The image has more than " + Permission.MAX_SUBJECT_CHARS + " characters.");
        }
        return new Wish(holder.id(), action, target, ask.subject(), repository(action, ask.subject()));
    }

    private static Member target(Member holder, ControlAction action, String name, Members members) {
        Optional<Member> found;
        if (name.isEmpty()) {
            found = action.isMasters()
                    ? members.all().stream().filter(Member::master).findFirst()
                    : Optional.of(holder);
        } else {
            found = members.find(new NodeId(name));
        }
        return found.orElseThrow(
                () -> new IllegalArgumentException("There is no such node; node:list at the master shows all."));
    }

    private static String repository(ControlAction action, String subject) {
        return switch (action) {
            case MEASURE, PLAN -> {
                if (!subject.isEmpty()) {
                    throw new IllegalArgumentException("'" + action.word() + "' is for all nodes; name no image.");
                }
                yield "";
            }
            case IMAGES -> subject.isEmpty() ? "" : RepositoryName.of(subject).toString();
            case RESYNC, PAUSE, RESUME ->
                subject.isEmpty() ? "" : image(subject).repository();
            case PUSH -> image(subject).repository();
        };
    }

    /** The master signs what was asked, letter for letter, so it has to be the full name. */
    private static ImageName image(String subject) {
        ImageName name = ImageName.parse(subject);
        if (name.byDigest() || !name.toString().equals(subject)) {
            throw new IllegalArgumentException("Name the image as REPOSITORY:TAG.");
        }
        return name;
    }

    /** Whether the action is about no images at all. */
    boolean hasNoSubject() {
        return action == ControlAction.MEASURE || action == ControlAction.PLAN;
    }

    /** The image; empty for all, and for a repository. */
    Optional<ImageName> imageName() {
        return subject.isEmpty() || action == ControlAction.IMAGES
                ? Optional.empty()
                : Optional.of(ImageName.parse(subject));
    }
}
