/** Real container registries, their clients, images made at run time, and faults between them. */
@NullMarked
package io.espalier.testkit.registry;

import org.jspecify.annotations.NullMarked;
