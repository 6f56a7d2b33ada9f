/** The thread context class loader that shows each plug-in its own classes, and the threads that carry it. */
@NullMarked
package io.espalier.kernel.felix.context;

import org.jspecify.annotations.NullMarked;
