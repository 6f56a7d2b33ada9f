/** The life cycle of every plug-in: start, stop, replace, remove, retry, explain. */
@NullMarked
package io.espalier.kernel.supervise;

import org.jspecify.annotations.NullMarked;
