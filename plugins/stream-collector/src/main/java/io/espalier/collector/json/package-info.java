/** Keeps checkpoints and refused records in JSON files. */
@NullMarked
package io.espalier.collector.json;

import org.jspecify.annotations.NullMarked;
