/** Tests of the package of the same name. */
@NullMarked
package io.espalier.catalog.rest;

import org.jspecify.annotations.NullMarked;
