/** OCI distribution client: blobs, manifests, tags, referrers, tokens, redirects, retries. */
@NullMarked
package io.espalier.registry;

import org.jspecify.annotations.NullMarked;
