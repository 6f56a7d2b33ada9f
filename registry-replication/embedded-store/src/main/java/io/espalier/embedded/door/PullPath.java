package io.espalier.embedded.door;

import io.espalier.registry.name.Digest;
import io.espalier.registry.name.ManifestReference;
import io.espalier.registry.name.RepositoryName;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a request asks for. */
sealed interface PullPath {
    /** {@code /v2/}. */
    record Greeting() implements PullPath {}

    /** {@code /v2/_catalog}. */
    record Repositories() implements PullPath {}

    /** {@code /v2/NAME/tags/list}. */
    record Tags(RepositoryName repository) implements PullPath {}

    /** {@code /v2/NAME/manifests/REFERENCE}. */
    record OneManifest(RepositoryName repository, ManifestReference reference) implements PullPath {}

    /** {@code /v2/NAME/blobs/DIGEST}. */
    record OneBlob(RepositoryName repository, Digest digest) implements PullPath {}

    /** {@code /v2/NAME/referrers/DIGEST}. */
    record Referrers(RepositoryName repository, Digest subject) implements PullPath {}

    /** Greedy, as a repository may have parts of these names. */
    Pattern FORM = Pattern.compile("/v2/(.+)/(tags|manifests|blobs|referrers)/([^/]*)");

    /**
     * Reads a path as it came over the wire. Names are checked against their grammars, so that none leads out of the store.
     *
     * @throws PullFault with 400 or 404
     */
    static PullPath parse(String raw) {
        String path = decoded(raw);
        if (path.equals("/v2") || path.equals("/v2/")) {
            return new Greeting();
        }
        if (path.equals("/v2/_catalog")) {
            return new Repositories();
        }
        Matcher form = FORM.matcher(path);
        if (!form.matches()) {
            throw new PullFault(404, "UNSUPPORTED", "There is nothing at this path; this registry is for pulling.");
        }
        RepositoryName repository = repository(form.group(1));
        String last = form.group(3);
        return switch (form.group(2)) {
            case "tags" -> tags(repository, last);
            case "manifests" -> new OneManifest(repository, reference(last));
            case "blobs" -> new OneBlob(repository, digest(last));
            default -> new Referrers(repository, digest(last));
        };
    }

    private static PullPath tags(RepositoryName repository, String last) {
        if (!last.equals("list")) {
            throw new PullFault(404, "UNSUPPORTED", "Below tags there is the list alone.");
        }
        return new Tags(repository);
    }

    private static RepositoryName repository(String text) {
        try {
            return RepositoryName.of(text);
        } catch (IllegalArgumentException e) {
            throw new PullFault(400, "NAME_INVALID", String.valueOf(e.getMessage()));
        }
    }

    private static ManifestReference reference(String text) {
        try {
            return ManifestReference.of(text);
        } catch (IllegalArgumentException e) {
            String code = text.indexOf(':') >= 0 ? "DIGEST_INVALID" : "TAG_INVALID";
            throw new PullFault(400, code, String.valueOf(e.getMessage()));
        }
    }

    private static Digest digest(String text) {
        try {
            return Digest.of(text);
        } catch (IllegalArgumentException e) {
            throw new PullFault(400, "DIGEST_INVALID", String.valueOf(e.getMessage()));
        }
    }

    /** Once, so that what was encoded twice stays an invalid name. */
    private static String decoded(String raw) {
        if (raw.indexOf('%') < 0) {
            return raw;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            for (int i = 0; i < raw.length(); i++) {
                if (raw.charAt(i) == '%') {
                    bytes.write(Integer.parseInt(raw.substring(i + 1, i + 3), 16));
                    i += 2;
                } else {
                    bytes.writeBytes(String.valueOf(raw.charAt(i)).getBytes(StandardCharsets.UTF_8));
                }
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (NumberFormatException | IndexOutOfBoundsException | CharacterCodingException e) {
            throw new PullFault(400, "NAME_INVALID", "The path has a wrong percent encoding.");
        }
    }
}
