/** What no plan can beat. */
@NullMarked
package io.espalier.tree.bound;

import org.jspecify.annotations.NullMarked;
