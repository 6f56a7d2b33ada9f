/** The catalog's REST door. */
@NullMarked
package io.espalier.catalog.rest;

import org.jspecify.annotations.NullMarked;
