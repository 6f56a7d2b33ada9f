/** What the kernel's core may depend on. */
@NullMarked
package io.espalier.kernel.architecture;

import org.jspecify.annotations.NullMarked;
