package io.espalier.testkit.harbor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.testkit.harbor.Accounts.Account;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/** Facts about the Harbor, quotas, robots. */
final class SystemRoutes implements ApiRoutes {
    private final HarborState state;

    SystemRoutes(HarborState state) {
        this.state = state;
    }

    @Override
    public boolean serve(ApiCall call) throws IOException {
        if (call.is("GET", "ping")) {
            if (state.pingFails) {
                throw new ApiFault(503, "UNKNOWN", "service unavailable");
            }
            call.text("Pong");
        } else if (call.is("GET", "health")) {
            ObjectNode health = ApiCall.JSON.createObjectNode().put("status", "healthy");
            health.putArray("components").addObject().put("name", "core").put("status", "healthy");
            call.answer(200, health);
        } else if (call.is("GET", "systeminfo")) {
            call.answer(200, info(call));
        } else if (call.is("GET", "systeminfo", "volumes")) {
            call.need("system-volumes:read");
            ObjectNode volumes = ApiCall.JSON.createObjectNode();
            volumes.putArray("storage").addObject().put("total", 1L << 41).put("free", state.freeBytes);
            call.answer(200, volumes);
        } else if (call.is("GET", "users", "current")) {
            Account who = call.account().orElseThrow(() -> new ApiFault(401, "UNAUTHORIZED", "unauthorized"));
            call.answer(
                    200,
                    ApiCall.JSON.createObjectNode().put("username", who.name()).put("sysadmin_flag", who.admin()));
        } else if (call.is("GET", "quotas")) {
            call.need("quota:list");
            quotas(call);
        } else if (call.is("GET", "permissions") && state.plan.minor() >= 10) {
            call.need("permission:read");
            call.answer(200, ApiCall.JSON.createObjectNode());
        } else if (call.is("POST", "robots")) {
            call.need("robot:create");
            robot(call);
        } else {
            return false;
        }
        return true;
    }

    private ObjectNode info(ApiCall call) {
        ObjectNode info = ApiCall.JSON.createObjectNode().put("auth_mode", "db_auth");
        info.put("project_creation_restriction", state.plan.onlyAdminsCreateProjects() ? "adminonly" : "everyone");
        info.put("current_time", Instant.now().toString());
        if (call.account().isPresent()) {
            info.put("harbor_version", "v2." + state.plan.minor() + ".1-0123abcd");
            info.put("read_only", state.readOnly);
        }
        return info;
    }

    private void quotas(ApiCall call) throws IOException {
        ArrayNode list = ApiCall.JSON.createArrayNode();
        String wanted = call.query("reference_id").orElse("");
        for (ObjectNode project : state.projects.all()) {
            if (wanted.isEmpty() || wanted.equals(project.path("id").asText())) {
                String name = project.path("name").asText();
                ObjectNode quota = list.addObject().put("id", project.path("id").asLong());
                quota.putObject("hard").put("storage", state.quotas.getOrDefault(name, -1L));
                quota.putObject("used").put("storage", state.artifacts.used(name, java.util.Optional.empty()));
            }
        }
        call.answer(200, list);
    }

    private void robot(ApiCall call) throws IOException {
        ObjectNode body = call.body();
        Set<String> permissions = new LinkedHashSet<>();
        body.path("permissions").forEach(group -> group.path("access")
                .forEach(access -> permissions.add((access.path("resource").asText() + ":"
                                + access.path("action").asText())
                        .toLowerCase(Locale.ROOT))));
        if (state.plan.minor() < 10 && permissions.stream().anyMatch(one -> one.startsWith("replication"))) {
            throw ApiFault.badRequest("bad request permission");
        }
        // A secret in the body is ignored.
        String secret = "Aa1" + UUID.randomUUID();
        String name = "robot$" + body.path("name").asText();
        state.accounts.add(new Account(name, secret, false, permissions));
        call.answer(
                201,
                ApiCall.JSON
                        .createObjectNode()
                        .put("id", 1)
                        .put("name", name)
                        .put("secret", secret)
                        .put("expires_at", -1));
    }
}
