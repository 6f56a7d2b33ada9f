/** Tests of the package of the same name. */
@NullMarked
package io.espalier.catalog.topic;

import org.jspecify.annotations.NullMarked;
