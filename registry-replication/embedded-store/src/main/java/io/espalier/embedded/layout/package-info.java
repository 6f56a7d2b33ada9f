/** The store's files: an OCI image layout, and which repository shows what of it. */
@NullMarked
package io.espalier.embedded.layout;

import org.jspecify.annotations.NullMarked;
