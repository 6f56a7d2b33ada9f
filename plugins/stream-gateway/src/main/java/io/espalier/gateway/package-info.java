/** Puts the gateway's parts together: door, intake, lanes, producers. */
@NullMarked
package io.espalier.gateway;

import org.jspecify.annotations.NullMarked;
