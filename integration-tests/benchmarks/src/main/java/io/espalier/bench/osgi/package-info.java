/** The plug-in that benchmarks drop into a kernel. */
@NullMarked
package io.espalier.bench.osgi;

import org.jspecify.annotations.NullMarked;
