package io.espalier.testkit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * An image that really runs, made of nothing but the machine's static busybox at {@code /bin/busybox}. Immutable.
 *
 * @param command its entry point
 * @param healthcheck the command of its HEALTHCHECK, every second, three times before it counts as unhealthy; empty for none
 * @param architecture that it claims to be for
 */
public record RunnableImage(List<String> command, List<String> healthcheck, String architecture) {
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final byte[] LOADER = "/lib64/ld-linux".getBytes(UTF_8);
    private static final ObjectMapper JSON = new ObjectMapper();

    public RunnableImage {
        command = List.copyOf(command);
        healthcheck = List.copyOf(healthcheck);
    }

    /** One that runs this script of busybox' shell. */
    public static RunnableImage running(String script) {
        return new RunnableImage(List.of("/bin/busybox", "sh", "-c", script), List.of(), "amd64");
    }

    /** The same with a HEALTHCHECK that is healthy when this script ends with code 0. */
    public RunnableImage healthyWhen(String script) {
        return new RunnableImage(command, List.of("CMD", "/bin/busybox", "sh", "-c", script), architecture);
    }

    /** The same, claiming to be for another architecture. */
    public RunnableImage claiming(String otherArchitecture) {
        return new RunnableImage(command, healthcheck, otherArchitecture);
    }

    /**
     * The image as a registry takes it.
     *
     * @throws TestAbortedException when the machine's busybox is not the static one
     */
    public SampleImage sample() {
        byte[] tar = tar();
        SampleBlob plain = SampleBlob.of("application/vnd.oci.image.layer.v1.tar", tar);
        SampleBlob layer = SampleBlob.measured(
                "application/vnd.docker.image.rootfs.diff.tar.gzip", SampleBlob.gzip(out -> out.write(tar)));
        SampleBlob config = SampleBlob.of(
                "application/vnd.docker.container.image.v1+json", config(plain).getBytes(UTF_8));
        ObjectNode json =
                JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", SampleImages.DOCKER_MANIFEST);
        json.set("config", descriptor(config));
        json.putArray("layers").add(descriptor(layer));
        return new SampleImage(
                SampleImages.DOCKER_MANIFEST,
                json.toString(),
                List.of(config),
                List.of(layer),
                List.of(plain),
                List.of(),
                "linux/" + architecture,
                "");
    }

    private String config(SampleBlob layer) {
        ObjectNode json = JSON.createObjectNode()
                .put("created", "2026-01-01T00:00:00Z")
                .put("os", "linux")
                .put("architecture", architecture);
        ObjectNode config = json.putObject("config");
        ArrayNode entrypoint = config.putArray("Entrypoint");
        command.forEach(entrypoint::add);
        if (!healthcheck.isEmpty()) {
            ObjectNode check = config.putObject("Healthcheck")
                    .put("Interval", TimeUnit.SECONDS.toNanos(1))
                    .put("Timeout", TimeUnit.SECONDS.toNanos(5))
                    .put("Retries", 3);
            ArrayNode test = check.putArray("Test");
            healthcheck.forEach(test::add);
        }
        json.putObject("rootfs").put("type", "layers").putArray("diff_ids").add(layer.digest());
        return json.toString();
    }

    private static ObjectNode descriptor(SampleBlob blob) {
        return JSON.createObjectNode()
                .put("mediaType", blob.mediaType())
                .put("digest", blob.digest())
                .put("size", blob.size());
    }

    private static byte[] tar() {
        try {
            byte[] program = Files.readAllBytes(BUSYBOX);
            if (contains(program, LOADER)) {
                throw new TestAbortedException(
                        "The busybox of this machine is not the static one; apt-get install busybox-static.");
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream(program.length + 8192);
            TarWriter tar = new TarWriter(out);
            tar.folder("bin");
            tar.folder("tmp");
            tar.program("bin/busybox", program);
            tar.finish();
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to make a layer of " + BUSYBOX + ".", e);
        }
    }

    private static boolean contains(byte[] bytes, byte[] part) {
        for (int at = 0; at + part.length <= bytes.length; at++) {
            int same = 0;
            while (same < part.length && bytes[at + same] == part[same]) {
                same++;
            }
            if (same == part.length) {
                return true;
            }
        }
        return false;
    }
}
