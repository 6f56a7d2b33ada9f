/** The settings, and the parts put together without a framework. */
@NullMarked
package io.espalier.engine.node;

import org.jspecify.annotations.NullMarked;
