package io.espalier.testkit.harbor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What was pushed, as Harbor's database knows it; the bytes are in the registry. Thread-safe. */
final class Artifacts {
    private final Map<String, Map<String, Artifact>> repositories = new LinkedHashMap<>();

    /** A manifest and the tags that point to it; those are changed under the lock of the whole. */
    record Artifact(
            String digest,
            String mediaType,
            long size,
            Map<String, Long> blobs,
            TreeSet<String> tags,
            TreeSet<String> labels,
            Instant pushed) {}

    /** Reads a manifest that is about to be pushed. */
    synchronized Artifact read(String repository, String digest, String mediaType, byte[] manifest) {
        Map<String, Long> blobs = new HashMap<>();
        blobs.put(digest, (long) manifest.length);
        try {
            JsonNode json = ApiCall.JSON.readTree(manifest);
            for (JsonNode part : json.path("manifests")) {
                Artifact child = repositories
                        .getOrDefault(repository, Map.of())
                        .get(part.path("digest").asText());
                if (child != null) {
                    blobs.putAll(child.blobs());
                }
            }
            List<JsonNode> parts = new ArrayList<>();
            json.path("layers").forEach(parts::add);
            parts.add(json.path("config"));
            for (JsonNode part : parts) {
                if (part.hasNonNull("digest")) {
                    blobs.put(part.path("digest").asText(), part.path("size").asLong());
                }
            }
        } catch (IOException e) {
            throw ApiFault.badRequest("the manifest is no JSON");
        }
        long size = blobs.values().stream().mapToLong(Long::longValue).sum();
        return new Artifact(digest, mediaType, size, blobs, new TreeSet<>(), new TreeSet<>(), Instant.now());
    }

    /** It is there now, under this tag if it is none of the empty text. */
    synchronized void pushed(String repository, Artifact artifact, String tag) {
        Map<String, Artifact> known = repositories.computeIfAbsent(repository, name -> new LinkedHashMap<>());
        Artifact kept = known.computeIfAbsent(artifact.digest(), digest -> artifact);
        if (!tag.isEmpty()) {
            known.values().forEach(other -> other.tags().remove(tag));
            kept.tags().add(tag);
        }
    }

    synchronized Optional<Artifact> find(String repository, String reference) {
        return repositories.getOrDefault(repository, Map.of()).values().stream()
                .filter(one -> one.digest().equals(reference) || one.tags().contains(reference))
                .findFirst();
    }

    synchronized List<Artifact> in(String repository) {
        return List.copyOf(repositories.getOrDefault(repository, Map.of()).values());
    }

    synchronized Collection<String> repositories() {
        return List.copyOf(repositories.keySet());
    }

    synchronized List<String> tagsOf(Artifact artifact) {
        return List.copyOf(artifact.tags());
    }

    synchronized List<String> labelsOf(Artifact artifact) {
        return List.copyOf(artifact.labels());
    }

    synchronized void label(Artifact artifact, String name) {
        artifact.labels().add(name);
    }

    synchronized void untag(String repository, String tag) {
        repositories.getOrDefault(repository, Map.of()).values().forEach(one -> one.tags()
                .remove(tag));
    }

    synchronized void delete(String repository, String digest) {
        repositories.getOrDefault(repository, Map.of()).remove(digest);
    }

    synchronized void deleteRepository(String repository) {
        repositories.remove(repository);
    }

    /** The bytes that a project uses, each blob once, and this artifact's besides. */
    synchronized long used(String project, Optional<Artifact> more) {
        Map<String, Long> blobs = new HashMap<>();
        repositories.forEach((name, known) -> {
            if (name.startsWith(project + "/")) {
                known.values().forEach(one -> blobs.putAll(one.blobs()));
            }
        });
        more.ifPresent(one -> blobs.putAll(one.blobs()));
        return blobs.values().stream().mapToLong(Long::longValue).sum();
    }

    synchronized ObjectNode json(Artifact artifact, boolean withTags, boolean withLabels, Predicate<String> immutable) {
        ObjectNode json = ApiCall.JSON.createObjectNode();
        json.put("digest", artifact.digest());
        json.put("type", "IMAGE");
        json.put("manifest_media_type", artifact.mediaType());
        json.put("size", artifact.size());
        json.put("push_time", artifact.pushed().toString());
        if (withTags) {
            ArrayNode tags = json.putArray("tags");
            artifact.tags().forEach(tag -> tags.addObject().put("name", tag).put("immutable", immutable.test(tag)));
        }
        if (withLabels) {
            ArrayNode labels = json.putArray("labels");
            artifact.labels()
                    .forEach(label -> labels.addObject().put("name", label).put("scope", "g"));
        }
        return json;
    }
}
