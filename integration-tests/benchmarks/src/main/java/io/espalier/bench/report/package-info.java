/** What a benchmark is, and how it tells what it measured. */
@NullMarked
package io.espalier.bench.report;

import org.jspecify.annotations.NullMarked;
