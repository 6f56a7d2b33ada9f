/** What master and nodes say to each other, and the ports by which relay and controller of one process find each other. */
@NullMarked
package io.espalier.relay.protocol;

import org.jspecify.annotations.NullMarked;
