package io.espalier.engine.content;

import static java.util.Objects.requireNonNull;

/** What a digest in the registry is to an engine. */
public sealed interface Found {
    /** An image that the engine can run. */
    record Image(ImageContent content) implements Found {
        public Image {
            requireNonNull(content, "content is null");
        }
    }

    /** An image, but not for the engine's platform. */
    record Foreign(String sentence) implements Found {
        public Foreign {
            requireNonNull(sentence, "sentence is null");
        }
    }

    /** Nothing that runs, as a signature or a chart. */
    record NoImage(String sentence) implements Found {
        public NoImage {
            requireNonNull(sentence, "sentence is null");
        }
    }

    /** Nothing: the registry does not have it, or not any more. */
    record Gone(String sentence) implements Found {
        public Gone {
            requireNonNull(sentence, "sentence is null");
        }
    }
}
