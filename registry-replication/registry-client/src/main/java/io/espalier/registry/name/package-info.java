/** Names of repositories, tags and content, checked by the rules of the distribution specification. */
@NullMarked
package io.espalier.registry.name;

import org.jspecify.annotations.NullMarked;
