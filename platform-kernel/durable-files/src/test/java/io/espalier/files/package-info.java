@NullMarked
package io.espalier.files;

import org.jspecify.annotations.NullMarked;
