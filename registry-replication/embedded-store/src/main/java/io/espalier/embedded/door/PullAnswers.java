package io.espalier.embedded.door;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.embedded.layout.BlobCondition;
import io.espalier.embedded.store.OciLayoutStore;
import io.espalier.embedded.store.StoredManifest;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.MediaTypes;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Answers what asks for content: the pull and discovery parts of the distribution specification. Thread-safe; reads files, so not for
 * event loops.
 *
 * <p>Source: OCI distribution specification 1.1.1, "Pull" and "Content Discovery"; RFC 9110 for ranges and conditions.
 */
final class PullAnswers {
    private static final String JSON_TYPE = "application/json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final OciLayoutStore store;

    PullAnswers(OciLayoutStore store) {
        this.store = requireNonNull(store, "store is null");
    }

    /**
     * Answers at once, but for a blob that must be read whole first.
     *
     * @throws PullFault for what cannot be had
     */
    CompletionStage<PullAnswer> answer(PullRequest request) throws RegistryException {
        PullPath path = request.path();
        if (path instanceof PullPath.OneBlob blob) {
            return blob(blob, request);
        }
        PullAnswer answer;
        if (path instanceof PullPath.OneManifest manifest) {
            answer = manifest(manifest, request);
        } else if (path instanceof PullPath.Tags tags) {
            answer = tags(tags.repository(), request);
        } else if (path instanceof PullPath.Referrers referrers) {
            answer = referrers(referrers, request);
        } else if (path instanceof PullPath.Repositories) {
            answer = repositories(request);
        } else {
            answer = json(JSON.createObjectNode(), JSON_TYPE);
        }
        return CompletableFuture.completedStage(answer);
    }

    private PullAnswer manifest(PullPath.OneManifest asked, PullRequest request) throws RegistryException {
        Optional<StoredManifest> found = store.find(asked.repository(), asked.reference());
        if (found.isEmpty()) {
            requireRepository(asked.repository());
            throw new PullFault(
                    404,
                    "MANIFEST_UNKNOWN",
                    "The repository " + asked.repository() + " has no manifest " + asked.reference() + ".");
        }
        if (isKnown(request, found.get().digest())) {
            return tagged(PullAnswer.notModified(), found.get().digest());
        }
        try {
            Manifest manifest = store.read(found.get());
            PullAnswer answer = PullAnswer.of(200, manifest.mediaType(), new PullAnswer.Bytes(manifest.bytes()));
            return tagged(answer, manifest.digest());
        } catch (RegistryException e) {
            if (e.code() != ErrorCode.DIGEST_MISMATCH) {
                throw e;
            }
            throw new PullFault(404, "MANIFEST_UNKNOWN", String.valueOf(e.getMessage()));
        }
    }

    private CompletionStage<PullAnswer> blob(PullPath.OneBlob asked, PullRequest request) throws RegistryException {
        long size = store.blobSize(asked.repository(), asked.digest());
        if (size < 0) {
            requireRepository(asked.repository());
            throw new PullFault(
                    404,
                    "BLOB_UNKNOWN",
                    "The repository " + asked.repository() + " has no blob " + asked.digest() + ".");
        }
        if (isKnown(request, asked.digest())) {
            return CompletableFuture.completedStage(tagged(PullAnswer.notModified(), asked.digest()));
        }
        BlobCondition condition = store.condition(asked.digest());
        CompletionStage<BlobCondition> proved = condition == BlobCondition.UNPROVED
                ? store.proveLater(asked.digest())
                : CompletableFuture.completedStage(condition);
        return proved.thenApply(proof -> {
            requireIntact(asked, proof);
            return blob(asked.digest(), size, request);
        });
    }

    private static void requireIntact(PullPath.OneBlob asked, BlobCondition condition) {
        if (condition != BlobCondition.INTACT) {
            throw new PullFault(
                    404,
                    "BLOB_UNKNOWN",
                    "The blob " + asked.digest() + " of " + asked.repository()
                            + " is damaged on this registry's disk and is not given out; replicate the image again.");
        }
    }

    private PullAnswer blob(Digest digest, long size, PullRequest request) {
        boolean same =
                request.ifRange().map(tag -> tag.equals(entityTag(digest))).orElse(true);
        Optional<ByteRange> range =
                same ? request.range().flatMap(header -> ByteRange.of(header, size)) : Optional.empty();
        ByteRange part = range.orElse(new ByteRange(0, size - 1));
        PullAnswer answer = PullAnswer.of(
                        range.isPresent() ? 206 : 200,
                        "application/octet-stream",
                        new PullAnswer.FilePart(store.file(digest), part.first(), part.length()))
                .with("Accept-Ranges", "bytes");
        if (range.isPresent()) {
            answer = answer.with("Content-Range", "bytes " + part.first() + "-" + part.last() + "/" + size);
        }
        return tagged(answer, digest);
    }

    private void requireRepository(RepositoryName repository) {
        if (store.tags(repository).isEmpty()) {
            throw new PullFault(404, "NAME_UNKNOWN", "This registry has no repository " + repository + ".");
        }
    }

    private PullAnswer tags(RepositoryName repository, PullRequest request) {
        requireRepository(repository);
        ListPage<TagName> page =
                ListPage.of(store.tags(repository).orElse(List.of()), TagName::value, request.n(), request.last());
        ObjectNode json = JSON.createObjectNode().put("name", repository.value());
        ArrayNode tags = json.putArray("tags");
        page.entries().forEach(tag -> tags.add(tag.value()));
        return page.linked(json(json, JSON_TYPE), "/v2/" + repository + "/tags/list", "");
    }

    private PullAnswer repositories(PullRequest request) {
        ListPage<RepositoryName> page =
                ListPage.of(store.repositories(), RepositoryName::value, request.n(), request.last());
        ObjectNode json = JSON.createObjectNode();
        ArrayNode names = json.putArray("repositories");
        page.entries().forEach(name -> names.add(name.value()));
        return page.linked(json(json, JSON_TYPE), "/v2/_catalog", "");
    }

    /** An unknown subject has none, which is no fault. */
    private PullAnswer referrers(PullPath.Referrers asked, PullRequest request) throws RegistryException {
        Optional<String> type = request.artifactType().filter(text -> !text.isEmpty());
        List<Descriptor> fitting = store.referrers(asked.repository(), asked.subject()).stream()
                .filter(entry -> type.isEmpty() || type.get().equals(entry.artifactType()))
                .toList();
        ListPage<Descriptor> page =
                ListPage.of(fitting, entry -> entry.digest().toString(), request.n(), request.last());
        ObjectNode index = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        ArrayNode manifests = index.putArray("manifests");
        page.entries().forEach(entry -> describe(entry, manifests.addObject()));
        PullAnswer answer = json(index, MediaTypes.OCI_INDEX);
        return page.linked(
                type.isEmpty() ? answer : answer.with("OCI-Filters-Applied", "artifactType"),
                "/v2/" + asked.repository() + "/referrers/" + asked.subject(),
                type.map(text -> "&artifactType=" + URLEncoder.encode(text, StandardCharsets.UTF_8))
                        .orElse(""));
    }

    private static void describe(Descriptor entry, ObjectNode json) {
        json.put("mediaType", entry.mediaType())
                .put("digest", entry.digest().toString())
                .put("size", entry.size());
        if (!entry.artifactType().isEmpty()) {
            json.put("artifactType", entry.artifactType());
        }
        if (!entry.annotations().isEmpty()) {
            ObjectNode annotations = json.putObject("annotations");
            entry.annotations().forEach(annotations::put);
        }
    }

    private static PullAnswer json(ObjectNode json, String contentType) {
        try {
            return PullAnswer.of(200, contentType, new PullAnswer.Bytes(JSON.writeValueAsBytes(json)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A list of names cannot be written as JSON.", e);
        }
    }

    static PullAnswer fault(PullFault fault) {
        ObjectNode json = JSON.createObjectNode();
        json.putArray("errors")
                .addObject()
                .put("code", fault.code())
                .put("message", String.valueOf(fault.getMessage()));
        PullAnswer answer = json(json, JSON_TYPE);
        for (Map.Entry<String, String> header : fault.headers().entrySet()) {
            answer = answer.with(header.getKey(), header.getValue());
        }
        return new PullAnswer(fault.status(), answer.headers(), answer.body());
    }

    private static PullAnswer tagged(PullAnswer answer, Digest digest) {
        return answer.with("Docker-Content-Digest", digest.toString()).with("ETag", entityTag(digest));
    }

    private static String entityTag(Digest digest) {
        return "\"" + digest + "\"";
    }

    private static boolean isKnown(PullRequest request, Digest digest) {
        return request.ifNoneMatch().stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .map(String::strip)
                .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                .anyMatch(tag -> tag.equals("*") || tag.equals(entityTag(digest)));
    }
}
