package io.espalier.testkit.harbor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.testkit.registry.RegistryServer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a double knows and how it is set. */
final class HarborState {
    final HarborPlan plan;
    final RegistryServer registry;
    final Accounts accounts = new Accounts();
    final Artifacts artifacts = new Artifacts();
    final Table projects = new Table("project");
    final Table registries = new Table("registry");
    final Table policies = new Table("replication policy");
    final Table executions = new Table("replication execution");
    final Table tasks = new Table("replication task");
    final Table webhooks = new Table("notification policy");
    final Map<Long, String> secrets = new ConcurrentHashMap<>();
    final Map<Long, List<String>> logs = new ConcurrentHashMap<>();
    final Map<String, Long> quotas = new ConcurrentHashMap<>();
    /** As {@code project/tag}. */
    final Set<String> immutable = ConcurrentHashMap.newKeySet();

    final List<String> calls = new CopyOnWriteArrayList<>();
    final Set<String> cookies = ConcurrentHashMap.newKeySet();
    volatile boolean readOnly;
    volatile boolean cascades = true;
    volatile long freeBytes = 1L << 40;
    volatile String failTasksWith = "";
    volatile boolean loseTags;
    volatile boolean pingFails;

    HarborState(HarborPlan plan, RegistryServer registry) {
        this.plan = plan;
        this.registry = registry;
        accounts.add(new Accounts.Account(plan.user(), plan.password(), true, Set.of()));
        addProject("library", true, 0);
    }

    /** @param proxied the registry it caches; 0 for none */
    long addProject(String name, boolean open, long proxied) {
        ObjectNode project = ApiCall.JSON.createObjectNode().put("name", name);
        if (proxied > 0) {
            project.put("registry_id", proxied);
        }
        project.putObject("metadata").put("public", Boolean.toString(open));
        return projects.add(project);
    }

    /** A project by name, or by id when it looks like one and is not said to be a name. */
    ObjectNode project(String nameOrId, boolean isName) {
        if (!isName && nameOrId.matches("\\d+")) {
            return projects.get(Long.parseLong(nameOrId));
        }
        return projects.named(nameOrId).orElseThrow(() -> ApiFault.notFound("project " + nameOrId));
    }

    boolean isPublic(String project) {
        return projects.named(project)
                .map(row -> row.path("metadata").path("public").asText().equals("true"))
                .orElse(false);
    }

    boolean isImmutable(String repository, String tag) {
        return immutable.contains(project(repository) + "/" + tag);
    }

    static String project(String repository) {
        return repository.substring(0, Math.max(0, repository.indexOf('/')));
    }

    /** Why this may not be pushed; empty when it may. */
    Optional<ApiFault> refusal(String repository, Artifacts.Artifact artifact, String tag) {
        Optional<Artifacts.Artifact> before = artifacts.find(repository, tag);
        if (!tag.isEmpty()
                && isImmutable(repository, tag)
                && before.isPresent()
                && !before.get().digest().equals(artifact.digest())) {
            return Optional.of(ApiFault.precondition(
                    "Failed to process request due to '" + repository + ":" + tag + "' configured as immutable."));
        }
        long most = quotas.getOrDefault(project(repository), -1L);
        long used = artifacts.used(project(repository), Optional.of(artifact));
        if (most >= 0 && used > most) {
            return Optional.of(new ApiFault(
                    403,
                    "DENIED",
                    "adding " + artifact.size() + " B of storage resource, which when updated to current usage of "
                            + used + " B will exceed the configured upper limit of " + most + " B."));
        }
        return Optional.empty();
    }
}
