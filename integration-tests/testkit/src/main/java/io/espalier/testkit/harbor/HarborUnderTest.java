package io.espalier.testkit.harbor;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The Harbor that a test of the life cycle talks to: a real one when the environment names it, else a double.
 *
 * <p>{@code HARBOR_URL}, {@code HARBOR_USER} and {@code HARBOR_PASSWORD} name the first, {@code HARBOR2_*} the second, and so on; the
 * user must be an administrator. What tests make there has names that begin with {@code espalier-test}, and is removed.
 *
 * @param host as it stands in an image reference
 * @param faked the double; empty for a real Harbor
 */
public record HarborUnderTest(URI uri, String host, String user, String password, Optional<HarborDouble> faked)
        implements AutoCloseable {
    public HarborUnderTest {
        requireNonNull(uri, "uri is null");
        requireNonNull(host, "host is null");
        requireNonNull(user, "user is null");
        requireNonNull(password, "password is null");
        requireNonNull(faked, "faked is null");
    }

    /**
     * Takes the Harbor with this number from the environment, or starts a double.
     *
     * @param number from 1
     */
    public static HarborUnderTest number(int number, HarborPlan otherwise) {
        Map<String, String> environment = System.getenv();
        String prefix = number == 1 ? "HARBOR_" : "HARBOR" + number + "_";
        String url = environment.getOrDefault(prefix + "URL", "");
        if (url.isEmpty()) {
            return of(otherwise.start());
        }
        URI uri = URI.create(url);
        return new HarborUnderTest(
                uri,
                uri.getAuthority(),
                environment.getOrDefault(prefix + "USER", "admin"),
                environment.getOrDefault(prefix + "PASSWORD", ""),
                Optional.empty());
    }

    /** The same for a double in this folder. */
    public static HarborUnderTest number(int number, Path folder) {
        return number(number, HarborDouble.in(folder));
    }

    public static HarborUnderTest of(HarborDouble faked) {
        return new HarborUnderTest(faked.uri(), faked.host(), faked.user(), faked.password(), Optional.of(faked));
    }

    @Override
    public String toString() {
        return uri + (faked.isPresent() ? " (double)" : "");
    }

    @Override
    public void close() {
        faked.ifPresent(HarborDouble::close);
    }
}
