/** How long a plug-in may take, and calls that are given up when they take longer. */
@NullMarked
package io.espalier.kernel.budget;

import org.jspecify.annotations.NullMarked;
