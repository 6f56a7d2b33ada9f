package io.espalier.registry.name;

/** What names a manifest within a repository: a tag or a digest. {@code toString} is the form used in paths. */
public sealed interface ManifestReference permits TagName, Digest {
    /** A digest where the text has a colon, else a tag. */
    static ManifestReference of(String text) {
        return text.indexOf(':') >= 0 ? Digest.of(text) : TagName.of(text);
    }
}
