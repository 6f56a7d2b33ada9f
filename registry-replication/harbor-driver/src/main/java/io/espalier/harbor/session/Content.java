package io.espalier.harbor.session;

import io.espalier.harbor.call.Calls;
import io.espalier.harbor.client.ApiClient;
import io.espalier.harbor.client.api.ArtifactApi;
import io.espalier.harbor.client.api.ProjectApi;
import io.espalier.harbor.client.api.SystemApi;
import io.espalier.harbor.client.model.Artifact;
import io.espalier.harbor.client.model.Disk;
import io.espalier.harbor.client.model.Project;
import io.espalier.harbor.client.model.ProjectRequest;
import io.espalier.harbor.client.model.Quota;
import io.espalier.harbor.client.model.Tag;
import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** A Harbor's projects, artifacts, and the room for them. Repositories are named whole, {@code project/path/name}. */
public final class Content {
    private final Calls calls;
    private final ProjectApi projects;
    private final ArtifactApi artifacts;
    private final SystemApi system;

    Content(Calls calls, ApiClient client) {
        this.calls = calls;
        this.projects = new ProjectApi(client);
        this.artifacts = new ArtifactApi(client);
        this.system = new SystemApi(client);
    }

    /** The project of a repository. */
    public static String projectOf(String repository) {
        return repository.substring(0, Math.max(0, repository.indexOf('/')));
    }

    /** Encoded once here and once more by the client: a slash below the project must arrive encoded twice. */
    private static String below(String repository) {
        return repository.substring(repository.indexOf('/') + 1).replace("/", "%2F");
    }

    /** By its name, also when that is a number. */
    public Optional<Project> project(String name) throws HarborException {
        return calls.find("read the project " + name, () -> projects.getProject(name, true));
    }

    public void createProject(String name, boolean open) throws HarborException {
        ProjectRequest request =
                new ProjectRequest().projectName(name).metadata(Map.of("public", Boolean.toString(open)));
        calls.change("create the project " + name, () -> projects.createProject(request));
    }

    public void deleteProject(String name) throws HarborException {
        calls.change("delete the project " + name, () -> projects.deleteProject(name, true));
    }

    /** By digest or tag, with its tags and whether they are immutable. */
    public Optional<Artifact> artifact(String repository, String reference) throws HarborException {
        return calls.find(
                "read the artifact " + repository + ":" + reference,
                () -> artifacts.getArtifact(projectOf(repository), below(repository), reference, true, true, false));
    }

    /** The same with its labels. */
    public Optional<Artifact> labelled(String repository, String reference) throws HarborException {
        return calls.find(
                "read the labels of " + repository + ":" + reference,
                () -> artifacts.getArtifact(projectOf(repository), below(repository), reference, true, false, true));
    }

    /** The digest that a tag has. */
    public Optional<String> digest(String repository, String tag) throws HarborException {
        return artifact(repository, tag).map(Artifact::getDigest);
    }

    /** Sets a tag at an artifact that is there. */
    public void tag(String repository, String digest, String tag) throws HarborException {
        calls.change(
                "set the tag " + tag + " in " + repository,
                () -> artifacts.createTag(projectOf(repository), below(repository), digest, new Tag().name(tag)));
    }

    public void deleteRepository(String repository) throws HarborException {
        calls.change(
                "delete the repository " + repository,
                () -> artifacts.deleteRepository(projectOf(repository), below(repository)));
    }

    /** The bytes that a project may still take; empty when there is no limit, or this user may not know it. */
    public OptionalLong roomIn(Project project) throws HarborException {
        Long id = project.getProjectId();
        for (Quota quota : readable(calls, () -> system.listQuotas("project", String.valueOf(id)))
                .orElse(java.util.List.of())) {
            long hard = storage(quota.getHard());
            if (hard >= 0) {
                return OptionalLong.of(Math.max(0, hard - Math.max(0, storage(quota.getUsed()))));
            }
        }
        return OptionalLong.empty();
    }

    private static long storage(Map<String, Long> resources) {
        return resources == null ? -1 : Objects.requireNonNullElse(resources.get("storage"), -1L);
    }

    /** The free bytes of its largest disk; empty when this user may not know it. */
    public OptionalLong freeDisk() throws HarborException {
        return readable(calls, system::getVolumes)
                .filter(volumes -> volumes.getStorage() != null)
                .map(volumes -> volumes.getStorage().stream()
                        .map(Disk::getFree)
                        .filter(Objects::nonNull)
                        .mapToLong(Long::longValue)
                        .max())
                .orElse(OptionalLong.empty());
    }

    private static <T> Optional<T> readable(Calls calls, Calls.Call<T> call) throws HarborException {
        try {
            return calls.find("read how much room there is", call);
        } catch (HarborException e) {
            if (e.trouble() == HarborTrouble.FORBIDDEN) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
