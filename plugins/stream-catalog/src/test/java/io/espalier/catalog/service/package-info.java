/** Tests of the package of the same name. */
@NullMarked
package io.espalier.catalog.service;

import org.jspecify.annotations.NullMarked;
