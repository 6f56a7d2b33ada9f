package io.espalier.registry.name;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An image by its full name: {@code host[:port]/repository[:tag][@digest]}. The host must be named; there is no default
 * registry and no default tag.
 *
 * @param host of the registry, with the port if one was named
 */
public record ImageReference(String host, RepositoryName repository, Optional<TagName> tag, Optional<Digest> digest) {
    private static final Pattern HOST = Pattern.compile(
            "(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,252}[a-zA-Z0-9])?|\\[[0-9a-fA-F:.]{2,45}])(?::[0-9]{1,5})?");

    public ImageReference {
        requireNonNull(host, "host is null");
        requireNonNull(repository, "repository is null");
        requireNonNull(tag, "tag is null");
        requireNonNull(digest, "digest is null");
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException(
                    "Not a registry's host: " + Shown.of(host) + ". Write a name or address, and :port if needed.");
        }
    }

    /** Reads the full name. */
    public static ImageReference of(String text) {
        requireNonNull(text, "text is null");
        int slash = text.indexOf('/');
        if (slash < 0 || !looksLikeHost(text.substring(0, slash))) {
            throw new IllegalArgumentException("Not an image's full name: " + Shown.of(text)
                    + ". It begins with the registry, as registry.example.com/team/app:1.");
        }
        String rest = text.substring(slash + 1);
        Optional<Digest> digest = Optional.empty();
        int at = rest.indexOf('@');
        if (at >= 0) {
            digest = Optional.of(Digest.of(rest.substring(at + 1)));
            rest = rest.substring(0, at);
        }
        Optional<TagName> tag = Optional.empty();
        int colon = rest.indexOf(':');
        if (colon >= 0) {
            tag = Optional.of(TagName.of(rest.substring(colon + 1)));
            rest = rest.substring(0, colon);
        }
        return new ImageReference(text.substring(0, slash), RepositoryName.of(rest), tag, digest);
    }

    /** The digest if there is one, else the tag. */
    public Optional<ManifestReference> reference() {
        return digest.<ManifestReference>map(value -> value).or(() -> tag.map(value -> value));
    }

    @Override
    public String toString() {
        return host + "/" + repository + tag.map(value -> ":" + value).orElse("")
                + digest.map(value -> "@" + value).orElse("");
    }

    private static boolean looksLikeHost(String first) {
        return first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
    }
}
