/** Doing what the master permits: the asking node gets a permission and carries it to the target, which checks it and acts. */
@NullMarked
package io.espalier.relay.act;

import org.jspecify.annotations.NullMarked;
