/** Folders, disks and their faults for tests. */
@NullMarked
package io.espalier.testkit.files;

import org.jspecify.annotations.NullMarked;
