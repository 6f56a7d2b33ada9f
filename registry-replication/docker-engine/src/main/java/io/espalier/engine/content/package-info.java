/** What an image in the registry is made of, which of its platforms an engine runs, and the image as a tar that an engine loads. */
@NullMarked
package io.espalier.engine.content;

import org.jspecify.annotations.NullMarked;
