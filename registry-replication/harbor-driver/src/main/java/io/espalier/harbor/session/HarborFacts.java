package io.espalier.harbor.session;

import static java.util.Objects.requireNonNull;

/**
 * What a Harbor says about itself to who is logged in.
 *
 * @param adminsCreateProjects whether only administrators make projects
 * @param roundTripMillis how long the answer took
 */
public record HarborFacts(
        HarborVersion version, boolean readOnly, boolean adminsCreateProjects, double roundTripMillis) {
    public HarborFacts {
        requireNonNull(version, "version is null");
    }
}
