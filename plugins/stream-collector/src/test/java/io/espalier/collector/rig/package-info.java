/** A gateway that notes what it acknowledged, and a collector set up in a folder. */
@NullMarked
package io.espalier.collector.rig;

import org.jspecify.annotations.NullMarked;
