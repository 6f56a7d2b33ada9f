package io.espalier.testkit.harbor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Registry entries: other ends of policies. Their secrets are never given out. */
final class RegistryRoutes implements ApiRoutes {
    private static final String HIDDEN = "*****";

    private final HarborState state;
    private final OtherEnds others = new OtherEnds();

    RegistryRoutes(HarborState state) {
        this.state = state;
    }

    @Override
    public boolean serve(ApiCall call) throws IOException {
        if (call.is("GET", "replication", "adapters")) {
            call.need("replication-adapter:list");
            call.answer(200, ApiCall.JSON.createArrayNode().add("harbor").add("docker-registry"));
        } else if (call.is("GET", "registries")) {
            call.need("registry:list");
            call.page(state.registries.select(call.query("q").orElse("")).stream()
                    .map(this::shown)
                    .toList());
        } else if (call.is("POST", "registries")) {
            call.need("registry:create");
            create(call);
        } else if (call.is("POST", "registries", "ping")) {
            call.need("registry:read");
            checkHealthy(state.registries.get(call.body().path("id").asLong()));
            call.empty(200);
        } else if (call.is("GET", "registries", "*")) {
            call.need("registry:read");
            call.answer(200, shown(state.registries.get(call.id(1))));
        } else if (call.is("GET", "registries", "*", "info")) {
            call.need("registry:read");
            call.answer(200, info(call.id(1)));
        } else if (call.is("PUT", "registries", "*")) {
            call.need("registry:update");
            update(call);
        } else if (call.is("DELETE", "registries", "*")) {
            call.need("registry:delete");
            delete(call.id(1));
            call.empty(200);
        } else {
            return false;
        }
        return true;
    }

    private void create(ApiCall call) throws IOException {
        ObjectNode body = call.body();
        String name = body.path("name").asText();
        if (name.isEmpty() || name.length() > 64) {
            throw ApiFault.badRequest("name must have 1 to 64 characters");
        }
        if (!body.path("type").asText().matches("harbor|docker-registry")) {
            throw ApiFault.badRequest(
                    "unsupported registry type '" + body.path("type").asText() + "'");
        }
        if (state.registries.named(name).isPresent()) {
            throw ApiFault.conflict("registry with name " + name + " already exists");
        }
        checkHealthy(body);
        if (state.plan.minor() < 15) {
            body.remove("ca_certificate");
        }
        String secret = body.path("credential").path("access_secret").asText();
        long id = state.registries.add(body.put("status", "healthy"));
        state.secrets.put(id, secret);
        call.created("/registries/" + id);
    }

    /** Merges; a secret is taken as it comes, asterisks too. */
    private void update(ApiCall call) throws IOException {
        long id = call.id(1);
        ObjectNode row = state.registries.get(id);
        ObjectNode body = call.body();
        for (String field : new String[] {"name", "description", "url", "insecure"}) {
            if (body.hasNonNull(field)) {
                row.set(field, body.get(field));
            }
        }
        ObjectNode credential = row.withObject("/credential");
        if (body.hasNonNull("access_key")) {
            credential.set("access_key", body.get("access_key"));
        }
        checkHealthy(row);
        if (body.hasNonNull("access_secret")) {
            state.secrets.put(id, body.get("access_secret").asText());
        }
        state.registries.put(id, row);
        call.empty(200);
    }

    private void delete(long id) {
        state.registries.get(id);
        boolean used = !state.policies
                .where(row -> row.path("dest_registry").path("id").asLong() == id
                        || row.path("src_registry").path("id").asLong() == id)
                .isEmpty();
        if (used) {
            throw ApiFault.precondition("Can't delete registry " + id + ", it's used by replication policies");
        }
        state.registries.remove(id);
    }

    /** Harbor connects to it before it takes it. */
    private void checkHealthy(ObjectNode row) {
        String path = row.path("type").asText().equals("harbor") ? "/api/v2.0/ping" : "/v2/";
        try {
            URI uri = URI.create(row.path("url").asText());
            HttpRequest request = HttpRequest.newBuilder(uri.resolve(path))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            int status =
                    others.client(row).send(request, BodyHandlers.discarding()).statusCode();
            if (status != 200 && status != 401) {
                throw ApiFault.badRequest("the registry is unhealthy");
            }
        } catch (IOException | IllegalArgumentException e) {
            throw ApiFault.badRequest("the registry is unhealthy");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiFault.badRequest("the registry is unhealthy");
        }
    }

    private ObjectNode shown(ObjectNode row) {
        if (row.path("credential").hasNonNull("access_secret")) {
            row.withObject("/credential").put("access_secret", HIDDEN);
        }
        return row;
    }

    private ObjectNode info(long id) {
        ObjectNode info = ApiCall.JSON.createObjectNode();
        info.put(
                "type",
                id == 0 ? "harbor" : state.registries.get(id).path("type").asText());
        var triggers = info.putArray("supported_triggers").add("manual").add("scheduled");
        if (id == 0) {
            triggers.add("event_based");
        }
        if (state.plan.minor() >= 7) {
            info.put("supported_copy_by_chunk", info.path("type").asText().equals("harbor"));
        }
        return info;
    }
}
