package io.espalier.relay.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a node may be permitted to do, at itself or at another node. */
public enum ControlAction {
    /** Lists the images of the target: what its registry has, and what is on its way there. */
    IMAGES(false),
    /** Lets the target prove an image, or all, anew and fetch what is missing. */
    RESYNC(false),
    /** Measures all pairs of nodes by ping. */
    MEASURE(true),
    /** Makes the tree anew. */
    PLAN(true),
    /** The target takes no new chunks, of an image or of all; it goes on serving its children. */
    PAUSE(false),
    /** Ends a pause. */
    RESUME(false),
    /** Sends an image of the master's registry to all nodes. */
    PUSH(true);

    private final boolean masters;

    ControlAction(boolean masters) {
        this.masters = masters;
    }

    /** Whether only the master can do it. */
    public boolean isMasters() {
        return masters;
    }

    /** As it is written in commands and permissions. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The action of a word; empty when this release knows none. */
    public static Optional<ControlAction> find(String word) {
        return Arrays.stream(values())
                .filter(action -> action.word().equals(word))
                .findFirst();
    }

    /** All words, for sentences. */
    public static List<String> words() {
        return Arrays.stream(values()).map(ControlAction::word).toList();
    }
}
