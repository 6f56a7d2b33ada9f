/** The master: membership, certificates, measurement, plans, transfers, triggers, shell and REST. */
@NullMarked
package io.espalier.replication;

import org.jspecify.annotations.NullMarked;
