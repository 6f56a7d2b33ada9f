/** Plans played chunk by chunk, and made-up topologies to play them on. */
@NullMarked
package io.espalier.tree.simulate;

import org.jspecify.annotations.NullMarked;
