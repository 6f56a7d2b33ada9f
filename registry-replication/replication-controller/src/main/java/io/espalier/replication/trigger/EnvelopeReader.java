package io.espalier.replication.trigger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.espalier.registry.content.MediaTypes;
import io.espalier.replication.image.ImageName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the envelopes that docker-registry sends ({@code application/vnd.docker.distribution.events.v1+json}; distribution,
 * docs/notifications). Thread-safe.
 */
final class EnvelopeReader {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_EVENTS = 10_000;

    private final ObjectMapper json = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .build();

    /**
     * What an envelope tells.
     *
     * @param pushes of manifests
     * @param deletes whether something was deleted; docker-registry 2.8.2 tells the digest of a manifest but none of its tags
     */
    record Envelope(List<PushEvent> pushes, boolean deletes) {}

    /**
     * The pushes of manifests in an envelope, and whether it tells of deletes; pulls, blobs and events with impossible names are left
     * out, because a registry repeats an envelope that is refused for ever.
     *
     * @throws IllegalArgumentException with a sentence when it is no envelope
     */
    Envelope read(byte[] body) {
        JsonNode events = parse(body).path("events");
        if (!events.isArray() || events.size() > MAX_EVENTS) {
            throw new IllegalArgumentException(
                    "The body is no envelope of registry events: it has no list 'events' of at most " + MAX_EVENTS
                            + ".");
        }
        List<PushEvent> pushes = new ArrayList<>();
        boolean deletes = false;
        for (JsonNode event : events) {
            String action = event.path("action").asText();
            if (action.equals("push")) {
                add(event, pushes);
            }
            deletes |= action.equals("delete");
        }
        return new Envelope(pushes, deletes);
    }

    private JsonNode parse(byte[] body) {
        try {
            JsonNode root = json.readTree(body);
            if (root != null && root.isObject()) {
                return root;
            }
        } catch (IOException noJson) {
            throw new IllegalArgumentException("The body is no envelope of registry events: it is no JSON.", noJson);
        }
        throw new IllegalArgumentException("The body is no envelope of registry events: it is no JSON object.");
    }

    private static void add(JsonNode event, List<PushEvent> pushes) {
        JsonNode target = event.path("target");
        String type = MediaTypes.bare(target.path("mediaType").asText());
        String tag = target.path("tag").asText();
        if (tag.isEmpty() && !MediaTypes.isManifest(type)) {
            return;
        }
        String digest = target.path("digest").asText();
        String reference = tag.isEmpty() ? digest : tag;
        String agent = event.path("request").path("useragent").asText();
        ImageName.find(target.path("repository").asText(), reference)
                .ifPresent(name -> pushes.add(new PushEvent(name.repository(), name.reference(), digest, agent)));
    }
}
