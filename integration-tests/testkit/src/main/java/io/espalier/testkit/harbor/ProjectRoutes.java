package io.espalier.testkit.harbor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Projects and their webhooks. */
final class ProjectRoutes implements ApiRoutes {
    private final HarborState state;

    ProjectRoutes(HarborState state) {
        this.state = state;
    }

    @Override
    public boolean serve(ApiCall call) throws IOException {
        if (call.is("GET", "projects")) {
            list(call);
        } else if (call.is("HEAD", "projects")) {
            String name = call.query("project_name").orElse("");
            call.empty(state.projects.named(name).isPresent() ? 200 : 404);
        } else if (call.is("POST", "projects")) {
            create(call);
        } else if (call.is("GET", "projects", "*")) {
            call.answer(200, seen(call, project(call, 1)));
        } else if (call.is("DELETE", "projects", "*")) {
            delete(call);
        } else if (call.is("GET", "projects", "*", "webhook", "policies")) {
            call.need("notification-policy:list");
            String name = project(call, 1).path("name").asText();
            call.page(state.webhooks.where(row -> row.path("project").asText().equals(name)));
        } else if (call.is("POST", "projects", "*", "webhook", "policies")) {
            addWebhook(call);
        } else if (call.is("DELETE", "projects", "*", "webhook", "policies", "*")) {
            call.need("notification-policy:delete");
            state.webhooks.remove(call.id(4));
            call.empty(200);
        } else {
            return false;
        }
        return true;
    }

    private ObjectNode project(ApiCall call, int at) {
        return state.project(call.part(at), "true".equals(call.header("X-Is-Resource-Name")));
    }

    /** Who is not logged in gets public projects only, with 200. */
    private void list(ApiCall call) throws IOException {
        Optional<String> name = call.query("name");
        List<ObjectNode> seen = state.projects.where(row -> (call.account().isPresent()
                        || state.isPublic(row.path("name").asText()))
                && name.map(part -> row.path("name").asText().contains(part)).orElse(true));
        call.page(seen.stream().map(row -> shown(row)).toList());
    }

    private ObjectNode seen(ApiCall call, ObjectNode project) {
        if (call.account().isEmpty() && !state.isPublic(project.path("name").asText())) {
            throw new ApiFault(401, "UNAUTHORIZED", "unauthorized");
        }
        return shown(project);
    }

    private static ObjectNode shown(ObjectNode row) {
        ObjectNode json = row.deepCopy().put("project_id", row.path("id").asLong());
        json.remove("id");
        return json;
    }

    private void create(ApiCall call) throws IOException {
        if (state.plan.onlyAdminsCreateProjects()
                && call.account().map(who -> !who.admin()).orElse(false)) {
            throw new ApiFault(403, "FORBIDDEN", "Only system admin can create project");
        }
        call.need("project:create");
        notReadOnly();
        ObjectNode body = call.body();
        String name = body.path("project_name").asText();
        if (!name.matches("[a-z0-9]+(?:[._-][a-z0-9]+)*") || name.length() > 255) {
            throw ApiFault.badRequest("project name " + name + " is not valid");
        }
        if (state.projects.named(name).isPresent()) {
            throw ApiFault.conflict("The project named " + name + " already exists");
        }
        boolean open = body.path("metadata").path("public").asText().equals("true");
        long id = state.addProject(name, open, body.path("registry_id").asLong(0));
        call.created("/projects/" + ("true".equals(call.header("X-Resource-Name-In-Location")) ? name : id));
    }

    private void delete(ApiCall call) throws IOException {
        call.need("project:delete");
        ObjectNode project = project(call, 1);
        String name = project.path("name").asText();
        if (state.artifacts.repositories().stream().anyMatch(repository -> repository.startsWith(name + "/"))) {
            throw ApiFault.precondition("the project contains repositories, can not be deleted");
        }
        state.projects.remove(project.path("id").asLong());
        call.empty(200);
    }

    private void addWebhook(ApiCall call) throws IOException {
        call.need("notification-policy:create");
        ObjectNode body = call.body();
        if (state.webhooks.named(body.path("name").asText()).isPresent()) {
            throw ApiFault.conflict(
                    "notification policy named " + body.path("name").asText() + " already exists");
        }
        if (state.plan.minor() < 8) {
            body.path("targets").forEach(target -> ((ObjectNode) target).remove("payload_format"));
        }
        body.put("project", project(call, 1).path("name").asText());
        call.created("/projects/" + call.part(1) + "/webhook/policies/" + state.webhooks.add(body));
    }

    private void notReadOnly() {
        if (state.readOnly) {
            throw new ApiFault(403, "DENIED", "The system is in read only mode. Any modification is prohibited.");
        }
    }
}
