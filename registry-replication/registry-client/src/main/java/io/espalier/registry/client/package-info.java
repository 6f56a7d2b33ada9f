/** The client: blobs, manifests, tags and referrers of one registry. */
@NullMarked
package io.espalier.registry.client;

import org.jspecify.annotations.NullMarked;
