package io.espalier.engine.docker;

import static java.util.Objects.requireNonNull;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.HealthState;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Image;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.ResponseItem;
import com.github.dockerjava.api.model.Version;
import io.espalier.engine.check.ContainerPlan;
import io.espalier.engine.check.ContainerState.Health;
import io.espalier.engine.check.EngineException;
import io.espalier.engine.check.EngineException.Code;
import io.espalier.engine.check.EngineFacts;
import io.espalier.engine.check.ImageEngine;
import io.espalier.engine.check.Limits;
import io.espalier.engine.check.RegistryLogin;
import io.espalier.engine.check.TaggedImage;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One conversation with a Docker engine. Source: Docker Engine API 1.41. */
final class DockerEngine implements ImageEngine {
    private static final Duration SHORT = Duration.ofSeconds(15);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration CONTENT = Duration.ofMinutes(15);
    /** Two files, so that a container that prints without end takes little disk and its last words are there. */
    private static final LogConfig LOGS =
            new LogConfig(LogConfig.LoggingType.JSON_FILE, Map.of("max-size", "512k", "max-file", "2"));

    private final EngineCalls calls;

    DockerEngine(EngineCalls calls) {
        this.calls = requireNonNull(calls, "calls is null");
    }

    /** Takes the last error of a stream of progress. */
    private static final class Progress<T extends ResponseItem> extends Answers<T> {
        private volatile @Nullable String error;

        @Override
        public void onNext(T item) {
            ResponseItem.ErrorDetail detail = item.getErrorDetail();
            if (detail != null) {
                error = detail.getMessage();
            }
        }

        void requireDone(String what) throws EngineException {
            String words = error;
            if (words != null) {
                throw new EngineException(
                        Code.REFUSED, "Tried to " + what + " but the Docker engine answered: " + words + ".", null);
            }
        }
    }

    @Override
    public EngineFacts facts() throws EngineException {
        Version version = calls.call(
                "ask for the version", SHORT, client -> client.versionCmd().exec());
        return new EngineFacts(
                or(version.getVersion(), "unknown"),
                or(version.getOperatingSystem(), "linux"),
                or(version.getArch(), "unknown"));
    }

    @Override
    public Optional<TaggedImage> image(String reference) throws EngineException {
        return calls.call("look for image " + reference, SHORT, client -> {
            try {
                InspectImageResponse found = client.inspectImageCmd(reference).exec();
                return Optional.of(new TaggedImage(
                        or(found.getId(), reference), list(found.getRepoTags()), list(found.getRepoDigests())));
            } catch (NotFoundException none) {
                return Optional.empty();
            }
        });
    }

    @Override
    public List<TaggedImage> imagesOf(String repository) throws EngineException {
        List<Image> found = calls.call("list images", SHORT, client -> client.listImagesCmd()
                .withFilter("reference", List.of(repository))
                .exec());
        List<TaggedImage> images = new ArrayList<>();
        for (Image image : found) {
            images.add(new TaggedImage(image.getId(), list(image.getRepoTags()), list(image.getRepoDigests())));
        }
        return images;
    }

    @Override
    public void pull(String repository, String digest, Optional<RegistryLogin> login) throws EngineException {
        String what = "pull " + repository + "@" + digest;
        Progress<com.github.dockerjava.api.model.PullResponseItem> progress = calls.stream(what, CONTENT, client -> {
            PullImageCmd pull = client.pullImageCmd(repository).withTag(digest);
            login.ifPresent(known -> pull.withAuthConfig(new AuthConfig()
                    .withUsername(known.user())
                    .withPassword(known.password())
                    .withRegistryAddress(known.host())));
            return pull.exec(new Progress<>());
        });
        progress.requireDone(what);
    }

    @Override
    public void load(InputStream tar) throws EngineException {
        String what = "load an image";
        Progress<com.github.dockerjava.api.model.LoadResponseItem> progress = calls.stream(
                what, CONTENT, client -> client.loadImageAsyncCmd(tar).exec(new Progress<>()));
        progress.requireDone(what);
    }

    @Override
    public void tag(String image, String repository, String tag) throws EngineException {
        calls.call("name image " + image, SHORT, client -> client.tagImageCmd(image, repository, tag)
                .exec());
    }

    @Override
    public void removeImage(String reference) throws EngineException {
        calls.call("remove image " + reference, LONG, client -> {
            try {
                return client.removeImageCmd(reference).exec();
            } catch (NotFoundException | ConflictException goneOrInUse) {
                return null;
            }
        });
    }

    @Override
    public String create(ContainerPlan plan) throws EngineException {
        return calls.call("create a container of " + plan.image(), LONG, client -> command(client, plan)
                .exec()
                .getId());
    }

    private static CreateContainerCmd command(DockerClient client, ContainerPlan plan) {
        CreateContainerCmd create = client.createContainerCmd(plan.image())
                .withLabels(plan.labels())
                .withHostConfig(host(plan.limits()));
        List<String> words = plan.command();
        return words.isEmpty() ? create : create.withEntrypoint(words.get(0)).withCmd(words.subList(1, words.size()));
    }

    private static HostConfig host(Limits limits) {
        return HostConfig.newHostConfig()
                .withMemory(limits.memoryBytes())
                .withMemorySwap(limits.memoryBytes())
                .withNanoCPUs(Math.round(limits.cpus() * 1e9))
                .withPidsLimit((long) limits.pids())
                .withNetworkMode(limits.network())
                .withReadonlyRootfs(limits.readOnly())
                .withSecurityOpts(List.of("no-new-privileges"))
                .withLogConfig(LOGS);
    }

    @Override
    public void start(String container) throws EngineException {
        calls.call("start the container", LONG, client -> client.startContainerCmd(container)
                .exec());
    }

    @Override
    public io.espalier.engine.check.ContainerState state(String container) throws EngineException {
        ContainerState state =
                calls.call("look at the container", SHORT, client -> client.inspectContainerCmd(container)
                        .exec()
                        .getState());
        Long code = state.getExitCodeLong();
        return new io.espalier.engine.check.ContainerState(
                Boolean.TRUE.equals(state.getRunning()),
                code == null ? 0 : code.intValue(),
                Boolean.TRUE.equals(state.getOOMKilled()),
                health(state.getHealth()));
    }

    private static Health health(@Nullable HealthState state) {
        String status = state == null ? "none" : or(state.getStatus(), "none");
        return switch (status.toLowerCase(Locale.ROOT)) {
            case "starting" -> Health.STARTING;
            case "healthy" -> Health.HEALTHY;
            case "unhealthy" -> Health.UNHEALTHY;
            default -> Health.NONE;
        };
    }

    @Override
    public byte[] logs(String container, int mostBytes) throws EngineException {
        return calls.stream("read the container's output", LONG, client -> client.logContainerCmd(container)
                        .withStdOut(true)
                        .withStdErr(true)
                        .exec(new LogTail(mostBytes)))
                .bytes();
    }

    @Override
    public void remove(String container) throws EngineException {
        calls.call("remove container " + container, LONG, client -> {
            try {
                return client.removeContainerCmd(container)
                        .withForce(true)
                        .withRemoveVolumes(true)
                        .exec();
            } catch (NotFoundException gone) {
                return null;
            } catch (ConflictException underWay) {
                return null; // somebody else removes it at this moment
            }
        });
    }

    @Override
    public Map<String, Map<String, String>> containers(String label, String value) throws EngineException {
        List<Container> found = calls.call("list containers", SHORT, client -> client.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of(label, value))
                .exec());
        Map<String, Map<String, String>> containers = new LinkedHashMap<>();
        for (Container container : found) {
            containers.put(container.getId(), Map.copyOf(container.getLabels()));
        }
        return containers;
    }

    private static String or(@Nullable String text, String otherwise) {
        return Objects.requireNonNullElse(text, otherwise);
    }

    private static List<String> list(@Nullable List<String> texts) {
        return texts == null ? List.of() : texts;
    }

    private static List<String> list(String @Nullable [] texts) {
        return texts == null ? List.of() : List.of(texts);
    }

    @Override
    public void close() {
        calls.close();
    }
}
