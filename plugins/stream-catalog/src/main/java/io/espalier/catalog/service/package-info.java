/** The stream catalog: definitions are created, changed and removed here, together with their topics. */
@NullMarked
package io.espalier.catalog.service;

import org.jspecify.annotations.NullMarked;
