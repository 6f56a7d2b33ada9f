/** The tree as registries and policies of the Harbors: made, mended and removed, foreign ones left alone. */
@NullMarked
package io.espalier.harbor.tree;

import org.jspecify.annotations.NullMarked;
