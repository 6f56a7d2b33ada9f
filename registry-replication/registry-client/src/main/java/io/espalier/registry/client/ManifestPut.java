package io.espalier.registry.client;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.name.Digest;

/** A manifest that a registry took. */
public record ManifestPut(Digest digest, SubjectListing listing) {
    public ManifestPut {
        requireNonNull(digest, "digest is null");
        requireNonNull(listing, "listing is null");
    }

    /** Where the manifest is listed as a referrer of its subject. */
    public enum SubjectListing {
        /** It has no subject. */
        NO_SUBJECT,
        /** The registry lists it (it answered with OCI-Subject). */
        BY_REGISTRY,
        /** This client put it into the index under the tag {@code sha256-<hex>}. */
        BY_FALLBACK_TAG
    }
}
