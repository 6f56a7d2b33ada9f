/** Tests of the package. */
@NullMarked
package io.espalier.replication.rest;

import org.jspecify.annotations.NullMarked;
