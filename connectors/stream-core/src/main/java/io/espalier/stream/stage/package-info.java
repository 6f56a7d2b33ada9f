/** What each stage of the way counts per stream, so that the stages can be reconciled. */
@NullMarked
package io.espalier.stream.stage;

import org.jspecify.annotations.NullMarked;
