/** Challenges, credentials and tokens. */
@NullMarked
package io.espalier.registry.auth;

import org.jspecify.annotations.NullMarked;
