package io.espalier.replication.image;

import static java.util.Objects.requireNonNull;

/** Which images are replicated, and for which platforms. */
public record ImageFilter(GlobList repositories, GlobList tags, PlatformList platforms) {
    public ImageFilter {
        requireNonNull(repositories, "repositories is null");
        requireNonNull(tags, "tags is null");
        requireNonNull(platforms, "platforms is null");
    }

    /** Everything. */
    public static ImageFilter everything() {
        return new ImageFilter(GlobList.everything(), GlobList.everything(), PlatformList.all());
    }

    /** Whether an image is replicated; signatures' tags go with their image and are not asked here. */
    public boolean matches(String repository, String tag) {
        return repositories.matches(repository) && tags.matches(tag);
    }
}
