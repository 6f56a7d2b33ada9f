/** Sends reports to the gateway, again and again until each is settled. */
@NullMarked
package io.espalier.collector.send;

import org.jspecify.annotations.NullMarked;
