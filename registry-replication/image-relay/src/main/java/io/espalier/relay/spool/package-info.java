/** Chunks on disk: what arrived, verified, bounded in size, found again after a crash; read by the registry's upload and by children. */
@NullMarked
package io.espalier.relay.spool;

import org.jspecify.annotations.NullMarked;
