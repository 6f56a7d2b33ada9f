package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

/**
 * Body of {@code POST /v1/act}: what is wanted, and the permission for it.
 *
 * @param action word of a {@link ControlAction}
 * @param subject the same as in the permission
 */
public record ActRequest(String permission, String action, String subject) {
    public ActRequest {
        requireNonNull(permission, "permission is null");
        requireNonNull(action, "action is null");
        requireNonNull(subject, "subject is null");
    }

    /** Without the permission. */
    @Override
    public String toString() {
        return action + " " + subject;
    }
}
