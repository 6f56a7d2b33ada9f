package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.feed.Upstream;
import io.espalier.relay.protocol.Stripe;

/** What goes along one tree: a stripe of the images of a repository, as long as they are of about one size. */
record Flow(String repository, Stripe stripe) {
    Flow {
        requireNonNull(repository, "repository is null");
        requireNonNull(stripe, "stripe is null");
    }

    /** Whether the same chunks may be meant. */
    boolean meets(Upstream upstream) {
        return repository.equals(upstream.repository()) && stripe.meets(upstream.stripe());
    }
}
