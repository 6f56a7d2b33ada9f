package io.espalier.registry.client;

import io.espalier.registry.auth.Access;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.ManifestReader;
import io.espalier.registry.content.MediaTypes;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.http.Answer;
import io.espalier.registry.http.Call;
import io.espalier.registry.http.RegistryHttp;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.ManifestReference;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.util.Optional;

/** Reads, puts and deletes manifests. */
final class Manifests {
    private static final String ACCEPT = String.join(", ", MediaTypes.ACCEPTED);
    private static final String DIGEST = "Docker-Content-Digest";
    private static final int MOST_ANSWER_BYTES = 64 * 1024;

    private final RegistryHttp http;
    private final Paths paths;

    Manifests(RegistryHttp http, Paths paths) {
        this.http = http;
        this.paths = paths;
    }

    Optional<Manifest> get(RepositoryName repository, ManifestReference reference) throws RegistryException {
        Call call = Call.of(
                        "GET",
                        paths.manifest(repository, reference),
                        Access.pull(repository),
                        "read the manifest " + shown(repository, reference))
                .with("Accept", ACCEPT);
        Answer answer = http.exchange(call, Manifest.MOST_BYTES, 200, 404);
        if (answer.status() == 404) {
            return Optional.empty();
        }
        String mediaType = MediaTypes.bare(answer.header("Content-Type").orElse(""));
        // Before the digest: that of schema 1 is not computed from all bytes.
        ManifestReader.checkSupported(mediaType, shown(repository, reference));
        Optional<Digest> claimed = claimed(answer);
        Digest.Algorithm algorithm = reference instanceof Digest digest
                ? digest.algorithm()
                : claimed.map(Digest::algorithm).orElse(Digest.Algorithm.SHA256);
        Manifest manifest = Manifest.of(mediaType, answer.body(), algorithm);
        if (reference instanceof Digest digest) {
            check(repository, reference, manifest.digest(), digest);
        } else if (claimed.isPresent()) {
            check(repository, reference, manifest.digest(), claimed.get());
        }
        return Optional.of(manifest);
    }

    Optional<Digest> head(RepositoryName repository, ManifestReference reference) throws RegistryException {
        Call call = Call.of(
                        "HEAD",
                        paths.manifest(repository, reference),
                        Access.pull(repository),
                        "look up the manifest " + shown(repository, reference))
                .with("Accept", ACCEPT);
        Answer answer = http.exchange(call, MOST_ANSWER_BYTES, 200, 404, 405);
        if (answer.status() == 404) {
            return Optional.empty();
        }
        Optional<Digest> claimed = claimed(answer);
        return claimed.isPresent() ? claimed : get(repository, reference).map(Manifest::digest);
    }

    boolean isAbsent(RepositoryName repository, ManifestReference reference) throws RegistryException {
        Call call = Call.of(
                        "GET",
                        paths.manifest(repository, reference),
                        Access.pull(repository),
                        "ask whether there is a manifest " + shown(repository, reference))
                .with("Accept", ACCEPT);
        Answer answer = http.exchange(call, Manifest.MOST_BYTES, 200, 404);
        if (answer.status() != 404) {
            return false;
        }
        if (!Absence.isSaid(answer.body())) {
            throw RegistryException.lasting(
                    ErrorCode.PROTOCOL,
                    "Tried to " + call.purpose() + " at " + answer.uri()
                            + " but it answered 404 not as a registry does;" + " is there a proxy or another server?");
        }
        return true;
    }

    /** Returns whether the registry lists it with its subject. */
    boolean put(RepositoryName repository, ManifestReference reference, Manifest manifest) throws RegistryException {
        ManifestReader.checkSupported(manifest.mediaType(), shown(repository, reference));
        if (reference instanceof Digest digest && !digest.matches(manifest.bytes())) {
            throw mismatch(repository, reference, manifest.digest(), digest, "was to be put as");
        }
        Call call = Call.of(
                        "PUT",
                        paths.manifest(repository, reference),
                        Access.push(repository),
                        "put the manifest " + shown(repository, reference))
                .with("Content-Type", manifest.mediaType())
                .sending(manifest.bytes());
        Answer answer = http.exchange(call, MOST_ANSWER_BYTES, 200, 201, 202, 204);
        Optional<Digest> claimed = claimed(answer);
        if (claimed.isPresent() && !claimed.get().matches(manifest.bytes())) {
            throw mismatch(repository, reference, manifest.digest(), claimed.get(), "was stored by the registry as");
        }
        return answer.header("OCI-Subject").isPresent();
    }

    boolean delete(RepositoryName repository, Digest digest) throws RegistryException {
        Call call = Call.of(
                "DELETE",
                paths.manifest(repository, digest),
                Access.delete(repository),
                "delete the manifest " + shown(repository, digest));
        return http.exchange(call, MOST_ANSWER_BYTES, 200, 202, 204, 404).status() != 404;
    }

    /** Deletes a tag alone where the registry can; empty if it takes digests only, as docker-registry does. */
    Optional<Boolean> delete(RepositoryName repository, TagName tag) throws RegistryException {
        Call call = Call.of(
                "DELETE",
                paths.manifest(repository, tag),
                Access.delete(repository),
                "delete the tag " + shown(repository, tag));
        int status = http.exchange(call, MOST_ANSWER_BYTES, 200, 202, 204, 400, 404, 405)
                .status();
        // 405 as well: some registries answer so to a tag, and deleting by digest is tried before anything is changed.
        return status == 400 || status == 405 ? Optional.empty() : Optional.of(status != 404);
    }

    private static void check(RepositoryName repository, ManifestReference reference, Digest computed, Digest wanted)
            throws RegistryException {
        if (!computed.equals(wanted)) {
            throw mismatch(repository, reference, computed, wanted, "should be");
        }
    }

    private static RegistryException mismatch(
            RepositoryName repository, ManifestReference reference, Digest computed, Digest other, String how) {
        return RegistryException.lasting(
                ErrorCode.DIGEST_MISMATCH,
                "The manifest " + shown(repository, reference) + " hashes to " + computed + " but " + how + " " + other
                        + "; something on the way, or the registry's storage, changed it.");
    }

    /** A digest that cannot be read counts as none. */
    private static Optional<Digest> claimed(Answer answer) {
        return answer.header(DIGEST).flatMap(text -> {
            try {
                return Optional.of(Digest.of(text.strip()));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        });
    }

    private static String shown(RepositoryName repository, ManifestReference reference) {
        return repository + (reference instanceof Digest ? "@" : ":") + reference;
    }
}
