package io.espalier.testkit.registry;

import static java.util.Objects.requireNonNull;

import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * skopeo as an independent client of registries; every call has a time limit. Immutable.
 *
 * <p>Names are skopeo's: {@code docker://127.0.0.1:5000/app:1}, {@code oci:folder:tag}, {@code docker-archive:file}. A
 * test that uses it is marked {@code @RequiresProgram("skopeo")}.
 */
public final class Skopeo {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Duration limit;
    private final List<String> from;
    private final List<String> to;

    private Skopeo(Duration limit, List<String> from, List<String> to) {
        this.limit = limit;
        this.from = List.copyOf(from);
        this.to = List.copyOf(to);
    }

    /** Talks plain HTTP or unverified TLS, without credentials, for two minutes at most. */
    public static Skopeo plain() {
        return new Skopeo(LIMIT, List.of("tls-verify=false"), List.of("tls-verify=false"));
    }

    /** Trusts the {@code *.crt} files of this folder, on both sides. */
    public static Skopeo trusting(Path certificates) {
        String option = "cert-dir=" + requireNonNull(certificates, "certificates is null");
        return new Skopeo(LIMIT, List.of(option), List.of(option));
    }

    /** The same with credentials for the source, also for inspect. */
    public Skopeo fromAs(String user, String password) {
        return new Skopeo(limit, and(from, "creds=" + user + ":" + password), to);
    }

    /** The same with credentials for the destination. */
    public Skopeo toAs(String user, String password) {
        return new Skopeo(limit, from, and(to, "creds=" + user + ":" + password));
    }

    /** The same with another time limit. */
    public Skopeo within(Duration newLimit) {
        return new Skopeo(newLimit, from, to);
    }

    /** Copies one image, of an index all images, with the digests kept, unless the source is a docker archive. */
    public void copy(String source, String destination) {
        List<String> command = new ArrayList<>(List.of("skopeo", "copy", "--all"));
        if (!source.startsWith("docker-archive:")) {
            command.add("--preserve-digests");
        }
        if (source.startsWith("docker:")) {
            from.forEach(option -> command.add("--src-" + option));
        }
        if (destination.startsWith("docker:")) {
            to.forEach(option -> command.add("--dest-" + option));
        }
        command.addAll(List.of(source, destination));
        run(command);
    }

    /** The digest of a manifest or index: the hash of its bytes as skopeo reads them. */
    public String digest(String source) {
        // The shell keeps the bytes as they are; lines of output would lose trailing white space.
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh", "-c", "set -e; m=$(mktemp); skopeo inspect --raw \"$@\" >$m; sha256sum <$m; rm $m", "sh"));
        from.forEach(option -> command.add("--" + option));
        command.add(source);
        List<String> lines = run(command);
        return "sha256:" + lines.get(lines.size() - 1).split(" ", 2)[0];
    }

    private List<String> run(List<String> command) {
        try (ChildProcess skopeo = ProcessPlan.command(command).start()) {
            int code = skopeo.awaitExit(limit);
            if (code != 0) {
                throw new AssertionError(String.join(" ", command) + " ended with code " + code + ":\n"
                        + String.join("\n", skopeo.output()));
            }
            return skopeo.output();
        }
    }

    private static List<String> and(List<String> options, String option) {
        List<String> more = new ArrayList<>(options);
        more.add(option);
        return more;
    }
}
