/** How a node joins the cluster and stays in touch with the master: both ends of join, renewal and control link. */
@NullMarked
package io.espalier.relay.control;

import org.jspecify.annotations.NullMarked;
