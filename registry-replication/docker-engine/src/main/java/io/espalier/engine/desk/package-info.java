/** Tests in turn: images that arrived, images before their release, images asked for by hand; what came of them, kept on disk. */
@NullMarked
package io.espalier.engine.desk;

import org.jspecify.annotations.NullMarked;
