/** Configuration files, checked against Metatype and handed to Configuration Admin. */
@NullMarked
package io.espalier.kernel.felix.configuration;

import org.jspecify.annotations.NullMarked;
