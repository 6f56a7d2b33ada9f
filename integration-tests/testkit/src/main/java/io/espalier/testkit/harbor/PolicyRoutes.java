package io.espalier.testkit.harbor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Replication policies: each PUT replaces the whole. */
final class PolicyRoutes implements ApiRoutes {
    private final HarborState state;

    PolicyRoutes(HarborState state) {
        this.state = state;
    }

    @Override
    public boolean serve(ApiCall call) throws IOException {
        if (call.is("GET", "replication", "policies")) {
            call.need("replication-policy:list");
            call.page(state.policies.select(call.query("q").orElse("")).stream()
                    .map(this::shown)
                    .toList());
        } else if (call.is("POST", "replication", "policies")) {
            call.need("replication-policy:create");
            ObjectNode policy = checked(call.body(), Optional.empty());
            call.created("/replication/policies/" + state.policies.add(policy));
        } else if (call.is("GET", "replication", "policies", "*")) {
            call.need("replication-policy:read");
            call.answer(200, shown(state.policies.get(call.id(2))));
        } else if (call.is("PUT", "replication", "policies", "*")) {
            call.need("replication-policy:update");
            state.policies.get(call.id(2));
            state.policies.put(call.id(2), checked(call.body(), Optional.of(call.id(2))));
            call.empty(200);
        } else if (call.is("DELETE", "replication", "policies", "*")) {
            call.need("replication-policy:delete");
            delete(call.id(2));
            call.empty(200);
        } else {
            return false;
        }
        return true;
    }

    private void delete(long id) {
        state.policies.get(id);
        boolean running = !state.executions
                .where(row -> row.path("policy_id").asLong() == id
                        && row.path("status").asText().equals("InProgress"))
                .isEmpty();
        if (running) {
            throw ApiFault.precondition("the policy " + id + " has running executions, can not be deleted");
        }
        state.policies.remove(id);
    }

    private ObjectNode checked(ObjectNode body, Optional<Long> own) {
        String name = body.path("name").asText();
        if (name.isEmpty()) {
            throw ApiFault.badRequest("empty name");
        }
        state.policies
                .named(name)
                .filter(row -> own.isEmpty() || row.path("id").asLong() != own.get())
                .ifPresent(row -> {
                    throw ApiFault.conflict("replication policy with name " + name + " already exists");
                });
        long source = body.path("src_registry").path("id").asLong(0);
        long target = body.path("dest_registry").path("id").asLong(0);
        if ((source == 0) == (target == 0)) {
            throw ApiFault.badRequest("one of source registry or destination registry must be the local Harbor");
        }
        state.registries.get(Math.max(source, target));
        checkFilters(body);
        checkTrigger(body);
        ObjectNode policy = body.deepCopy();
        defaults(policy);
        return policy;
    }

    private static void checkFilters(ObjectNode body) {
        for (JsonNode filter : body.path("filters")) {
            String type = filter.path("type").asText();
            if (!Set.of("name", "tag", "resource", "label").contains(type)) {
                throw ApiFault.badRequest("invalid filter type: " + type);
            }
            if (filter.hasNonNull("decoration") && !Set.of("tag", "label").contains(type)) {
                throw ApiFault.badRequest("only tag and label filter support decoration");
            }
            if (type.equals("label") != filter.path("value").isArray()) {
                throw ApiFault.badRequest("the type of filter value isn't right: " + type);
            }
        }
    }

    private static void checkTrigger(ObjectNode body) {
        JsonNode trigger = body.path("trigger");
        String type = trigger.path("type").asText("manual");
        if (type.equals("scheduled")) {
            String[] fields = trigger.path("trigger_settings")
                    .path("cron")
                    .asText()
                    .trim()
                    .split("\\s+", -1);
            if (fields.length != 6 || !fields[0].equals("0") || fields[1].equals("*")) {
                throw ApiFault.badRequest(
                        "invalid cron string for scheduled trigger: six fields, seconds 0, no * minute");
            }
        }
        if (type.equals("event_based") && body.path("single_active_replication").asBoolean()) {
            throw new ApiFault(500, "UNKNOWN", "internal server error");
        }
    }

    /** What is left out gets its default; {@code replicate_deletion} is not read, as in Harbor's own handler. */
    private void defaults(ObjectNode policy) {
        policy.put(
                "dest_namespace_replace_count",
                policy.path("dest_namespace_replace_count").asInt(-1));
        policy.put("enabled", policy.path("enabled").asBoolean(false));
        policy.put("override", policy.path("override").asBoolean(false));
        boolean deletion = policy.path("deletion").asBoolean(false);
        policy.put("deletion", deletion).put("replicate_deletion", deletion);
        if (state.plan.minor() < 7) {
            policy.remove("copy_by_chunk");
        }
        if (state.plan.minor() < 14) {
            policy.remove("single_active_replication");
        }
        if (!policy.hasNonNull("trigger")) {
            policy.putObject("trigger").put("type", "manual");
        }
    }

    private ObjectNode shown(ObjectNode policy) {
        for (String side : new String[] {"src_registry", "dest_registry"}) {
            long id = policy.path(side).path("id").asLong(0);
            ObjectNode shown = policy.putObject(side).put("id", id);
            if (id == 0) {
                shown.put("name", "Local").put("type", "harbor");
            } else {
                ObjectNode registry = state.registries.get(id);
                shown.put("name", registry.path("name").asText())
                        .put("url", registry.path("url").asText())
                        .put("type", registry.path("type").asText());
                shown.putObject("credential").put("access_secret", "*****");
            }
        }
        return policy;
    }
}
