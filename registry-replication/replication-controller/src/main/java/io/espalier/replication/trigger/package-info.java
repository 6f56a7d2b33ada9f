/** What starts a transfer: notifications of the registry, polling, a schedule. */
@NullMarked
package io.espalier.replication.trigger;

import org.jspecify.annotations.NullMarked;
