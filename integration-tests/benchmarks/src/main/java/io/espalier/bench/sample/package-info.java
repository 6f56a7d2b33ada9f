/** The plug-in that benchmarks drop into a kernel. */
@NullMarked
package io.espalier.bench.sample;

import org.jspecify.annotations.NullMarked;
