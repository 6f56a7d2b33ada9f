package io.espalier.registry.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.registry.auth.Access;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.ImageManifest;
import io.espalier.registry.content.IndexManifest;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.ManifestReader;
import io.espalier.registry.content.ManifestView;
import io.espalier.registry.content.MediaTypes;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.http.Answer;
import io.espalier.registry.http.Call;
import io.espalier.registry.http.RegistryHttp;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Lists referrers, and keeps the index under the fallback tag where the registry keeps no list. */
final class Referrers {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> COSIGN = List.of(".sig", ".att", ".sbom");
    private static final int MERGES = 5;

    private final RegistryHttp http;
    private final Paths paths;
    private final Manifests manifests;
    private final Listings listings;
    private final ReentrantLock merging = new ReentrantLock();

    Referrers(RegistryHttp http, Paths paths, Manifests manifests, Listings listings) {
        this.http = http;
        this.paths = paths;
        this.manifests = manifests;
        this.listings = listings;
    }

    List<Descriptor> of(RepositoryName repository, Digest subject) throws RegistryException {
        Call call = Call.of(
                        "GET",
                        paths.referrers(repository, subject),
                        Access.pull(repository),
                        "read the referrers of " + repository + "@" + subject)
                .with("Accept", MediaTypes.OCI_INDEX);
        Answer first = http.exchange(call, Manifest.MOST_BYTES, 200, 404, 405);
        boolean listed = first.status() == 200
                && MediaTypes.bare(first.header("Content-Type").orElse("")).equals(MediaTypes.OCI_INDEX);
        if (!listed) {
            return fallback(repository, subject);
        }
        List<Descriptor> found = new ArrayList<>();
        listings.pages(
                call,
                first,
                Manifest.MOST_BYTES,
                page -> found.addAll(entries(Manifest.of(MediaTypes.OCI_INDEX, page.body()))));
        return List.copyOf(found);
    }

    Map<TagName, Digest> signatureTags(RepositoryName repository, Digest digest) throws RegistryException {
        Map<TagName, Digest> found = new LinkedHashMap<>();
        for (String suffix : COSIGN) {
            TagName tag = TagName.of(TagName.fallbackOf(digest) + suffix);
            manifests.head(repository, tag).ifPresent(target -> found.put(tag, target));
        }
        return Map.copyOf(found);
    }

    ManifestPut.SubjectListing list(RepositoryName repository, Manifest manifest, ManifestView view, boolean byRegistry)
            throws RegistryException {
        Optional<Descriptor> subject = view.subject();
        if (subject.isEmpty()) {
            return ManifestPut.SubjectListing.NO_SUBJECT;
        }
        if (byRegistry) {
            return ManifestPut.SubjectListing.BY_REGISTRY;
        }
        merging.lock();
        try {
            merge(repository, subject.get().digest(), manifest, view);
        } finally {
            merging.unlock();
        }
        return ManifestPut.SubjectListing.BY_FALLBACK_TAG;
    }

    /** Another writer may put its own index between our reading and writing, so we look whether our entry is in. */
    private void merge(RepositoryName repository, Digest subject, Manifest manifest, ManifestView view)
            throws RegistryException {
        TagName tag = TagName.fallbackOf(subject);
        for (int i = 0; i <= MERGES; i++) {
            Optional<Manifest> index = manifests.get(repository, tag);
            if (index.isPresent()
                    && entries(index.get()).stream()
                            .anyMatch(entry -> entry.digest().equals(manifest.digest()))) {
                return;
            }
            if (i < MERGES) {
                manifests.put(repository, tag, with(index, manifest, view));
            }
        }
        throw RegistryException.passing(
                ErrorCode.REFUSED,
                "Tried " + MERGES + " times to list " + manifest.digest() + " under the tag " + repository + ":" + tag
                        + " but others overwrite that tag all the time.");
    }

    private static Manifest with(Optional<Manifest> index, Manifest referrer, ManifestView view)
            throws RegistryException {
        try {
            ObjectNode json = index.isPresent()
                    ? (ObjectNode)
                            JSON.readTree(new String(index.get().bytes(), java.nio.charset.StandardCharsets.UTF_8))
                    : JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
            ArrayNode list = json.withArray("manifests");
            ObjectNode entry = list.addObject()
                    .put("mediaType", referrer.mediaType())
                    .put("digest", referrer.digest().toString())
                    .put("size", referrer.size());
            String type = artifactType(view);
            if (!type.isEmpty()) {
                entry.put("artifactType", type);
            }
            if (!view.annotations().isEmpty()) {
                ObjectNode annotations = entry.putObject("annotations");
                view.annotations().forEach(annotations::put);
            }
            return Manifest.of(MediaTypes.OCI_INDEX, JSON.writeValueAsBytes(json));
        } catch (JsonProcessingException e) {
            throw RegistryException.lasting(
                    ErrorCode.MANIFEST_INVALID, "The index of referrers is no proper JSON: " + e.getMessage(), e);
        }
    }

    /** Of an image without a declared type it is its configuration's media type. */
    private static String artifactType(ManifestView view) {
        if (view.artifactType().isEmpty() && view instanceof ImageManifest image) {
            return image.config().mediaType();
        }
        return view.artifactType();
    }

    private List<Descriptor> fallback(RepositoryName repository, Digest subject) throws RegistryException {
        Optional<Manifest> index = manifests.get(repository, TagName.fallbackOf(subject));
        return index.isEmpty() ? List.of() : entries(index.get());
    }

    private static List<Descriptor> entries(Manifest index) throws RegistryException {
        ManifestView view = ManifestReader.read(index);
        if (view instanceof IndexManifest list) {
            return list.manifests();
        }
        throw RegistryException.lasting(
                ErrorCode.MANIFEST_INVALID, "The list of referrers " + index + " is an image, not an index.");
    }
}
