package io.espalier.harbor.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads webhooks in the format "Default" and, from Harbor 2.8 on, as CloudEvents. Whoever sends must show the token that was set as
 * the webhook's "auth header". Thread-safe.
 */
public final class HarborEvents {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_ARTIFACTS = 1_000;
    private static final int MOST_CHARS = 512;

    private final byte[] token;

    /** @param token what stands in the webhook's auth header, word for word; must not be empty */
    public HarborEvents(String token) {
        requireNonNull(token, "token is null");
        if (token.isBlank()) {
            throw new IllegalArgumentException(
                    "The token of Harbor's webhooks is empty, so anybody could send them; set webhook-token.");
        }
        this.token = token.getBytes(UTF_8);
    }

    /**
     * Reads one.
     *
     * @param authorization the header of that name, null if it did not come
     * @throws HarborException {@code CREDENTIALS} for a wrong token, {@code EVENT} for a body that is none
     */
    public HarborEvent read(@Nullable String authorization, byte[] body) throws HarborException {
        byte[] shown = authorization == null ? new byte[0] : authorization.getBytes(UTF_8);
        if (!MessageDigest.isEqual(token, shown)) {
            throw new HarborException(
                    HarborTrouble.CREDENTIALS,
                    "A webhook came without the right Authorization; set the auth header of Harbor's webhook policy to the"
                            + " webhook-token, word for word.");
        }
        JsonNode json = json(body);
        boolean cloud = json.has("specversion");
        JsonNode data = json.path(cloud ? "data" : "event_data");
        String type = text(json.path("type"));
        return switch (type) {
            case "PUSH_ARTIFACT", "harbor.artifact.pushed" -> pushed(data, text(json.path("operator")));
            case "REPLICATION", "harbor.replication.status.changed" -> replicated(data);
            case "" -> throw wrong("it has no type");
            default -> new HarborEvent.Other(type);
        };
    }

    private static JsonNode json(byte[] body) throws HarborException {
        try {
            JsonNode json = JSON.readTree(body);
            if (json != null && json.isObject()) {
                return json;
            }
        } catch (IOException e) {
            throw new HarborException(
                    HarborTrouble.EVENT, "A webhook came whose body is no JSON; check that the sender is a Harbor.", e);
        }
        throw wrong("it is no object");
    }

    private static HarborException wrong(String why) {
        return new HarborException(
                HarborTrouble.EVENT,
                "A webhook came that is none of Harbor's: " + why + "; check that the sender is a Harbor.");
    }

    private static HarborEvent pushed(JsonNode data, String operator) throws HarborException {
        String repository = text(data.path("repository").path("repo_full_name"));
        JsonNode resources = data.path("resources");
        if (repository.isEmpty() || !resources.isArray() || resources.isEmpty()) {
            throw wrong("a push without repository or resources");
        }
        if (resources.size() > MOST_ARTIFACTS) {
            throw wrong("a push of " + resources.size() + " artifacts, more than " + MOST_ARTIFACTS);
        }
        List<HarborEvent.PushedArtifact> artifacts = new ArrayList<>();
        for (JsonNode resource : resources) {
            String tag = text(resource.path("tag"));
            // A manifest by digest comes without a tag, in some versions with the digest for one.
            boolean named = !tag.isEmpty() && !tag.contains(":");
            artifacts.add(new HarborEvent.PushedArtifact(
                    text(resource.path("digest")), named ? Optional.of(tag) : Optional.empty()));
        }
        return new HarborEvent.Pushed(repository, artifacts, operator);
    }

    private static HarborEvent replicated(JsonNode data) throws HarborException {
        JsonNode replication = data.path("replication");
        if (!replication.isObject()) {
            throw wrong("a replication without details");
        }
        List<String> artifacts = new ArrayList<>();
        for (String list : List.of("successful_artifact", "failed_artifact")) {
            for (JsonNode artifact : replication.path(list)) {
                if (artifacts.size() < MOST_ARTIFACTS) {
                    artifacts.add(text(artifact.path("name_tag")));
                }
            }
        }
        String status = text(replication.path("job_status"));
        return new HarborEvent.Replicated(
                status.equals("Success") || status.equals("Succeed"),
                text(replication.path("src_resource").path("namespace")),
                text(replication.path("description")),
                artifacts);
    }

    /** A text of bounded length; empty for anything else. */
    private static String text(JsonNode node) {
        String text = node.isTextual() ? node.asText() : "";
        return text.length() <= MOST_CHARS ? text : text.substring(0, MOST_CHARS);
    }
}
