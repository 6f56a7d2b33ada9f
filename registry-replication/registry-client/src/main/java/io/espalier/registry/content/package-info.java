/** Manifests and indexes: read strictly, kept byte for byte. */
@NullMarked
package io.espalier.registry.content;

import org.jspecify.annotations.NullMarked;
