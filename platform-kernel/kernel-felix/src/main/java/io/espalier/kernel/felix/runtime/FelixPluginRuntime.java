package io.espalier.kernel.felix.runtime;

import static io.espalier.kernel.plugin.PluginException.Code.DUPLICATE;
import static io.espalier.kernel.plugin.PluginException.Code.MISCONFIGURED;
import static io.espalier.kernel.plugin.PluginException.Code.REFUSED;
import static io.espalier.kernel.plugin.PluginException.Code.UNKNOWN;
import static io.espalier.kernel.plugin.PluginException.Code.UNRESOLVED;
import static io.espalier.kernel.plugin.PluginException.Code.UNUSABLE_JAR;
import static java.util.Objects.requireNonNull;

import io.espalier.kernel.felix.context.ContextThreads;
import io.espalier.kernel.plugin.Diagnosis;
import io.espalier.kernel.plugin.InstalledPlugin;
import io.espalier.kernel.plugin.PluginException;
import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Plug-ins as bundles of an OSGi framework; uses nothing but the standard's API.
 *
 * <p>Jars below the folder of shipped plug-ins are used where they lie, all others are copied. Bundles that an earlier run of
 * the kernel left in the framework's cache are removed at the beginning, since the profile and the drop folder say what is
 * to be there. Safe for use by many threads.
 */
public final class FelixPluginRuntime implements PluginRuntime {
    private static final String LOCATION = "espalier:";
    private static final Duration REWIRE_LIMIT = Duration.ofSeconds(10);

    private final BundleContext context;
    private final Path shipped;
    private final Rewiring rewiring;
    private final MissingRequirements missing;
    private final Function<Bundle, List<Diagnosis.Component>> inactiveComponents;
    private final Consumer<Bundle> beforeStart;
    private final Function<Bundle, List<String>> misconfigured;
    private final ContextThreads threads;

    /**
     * @param context of the kernel's bundle
     * @param shipped the folder whose jars are not copied
     * @param inactiveComponents finds the components of a started bundle that should be active and are not
     * @param beforeStart is told of each resolved bundle before it is started
     * @param misconfigured what is wrong with a resolved bundle's configuration so that it must not start; asked after {@code
     *     beforeStart}
     * @param threads pins the context class loader of threads that start and stop bundles
     */
    public FelixPluginRuntime(
            BundleContext context,
            Path shipped,
            Function<Bundle, List<Diagnosis.Component>> inactiveComponents,
            Consumer<Bundle> beforeStart,
            Function<Bundle, List<String>> misconfigured,
            ContextThreads threads) {
        this.context = requireNonNull(context, "context is null");
        this.shipped = shipped.toAbsolutePath().normalize();
        this.inactiveComponents = requireNonNull(inactiveComponents, "inactiveComponents is null");
        this.beforeStart = requireNonNull(beforeStart, "beforeStart is null");
        this.misconfigured = requireNonNull(misconfigured, "misconfigured is null");
        this.threads = requireNonNull(threads, "threads is null");
        this.rewiring = new Rewiring(context.getBundle(0), REWIRE_LIMIT);
        this.missing = new MissingRequirements(context);
        removeLeftOver();
    }

    @Override
    public InstalledPlugin install(Path jar) throws PluginException {
        BundleJar found = BundleJar.read(jar);
        refuseDuplicate(found);
        try {
            return describe(isShipped(jar) ? installInPlace(found) : installCopy(found));
        } catch (BundleException | IOException e) {
            throw unusable(jar, e);
        }
    }

    @Override
    public InstalledPlugin update(PluginId id, Path jar) throws PluginException {
        Bundle bundle = bundle(id);
        BundleJar found = BundleJar.read(jar);
        if (!found.symbolicName().equals(id.name())) {
            throw new PluginException(
                    REFUSED,
                    jar.getFileName() + " holds plug-in " + found.symbolicName() + ", not " + id
                            + "; put it beside the old jar instead of in its place.",
                    null);
        }
        boolean wired = bundle.adapt(BundleWiring.class) != null;
        try (InputStream content = Files.newInputStream(jar)) {
            bundle.update(content);
        } catch (BundleException | IOException e) {
            throw unusable(jar, e);
        }
        if (wired) {
            rewiring.refresh(bundle);
        }
        return describe(bundle);
    }

    @Override
    public void start(PluginId id) throws PluginException {
        Bundle bundle = bundle(id);
        if (!rewiring.resolve(bundle)) {
            throw unresolved(bundle, null);
        }
        if (isFragment(bundle)) {
            return;
        }
        Runnable unpin = threads.pin();
        try {
            beforeStart.accept(bundle);
            refuseMisconfigured(bundle);
            bundle.start(Bundle.START_TRANSIENT);
        } catch (BundleException e) {
            throw e.getType() == BundleException.RESOLVE_ERROR ? unresolved(bundle, e) : Failures.of(id, "start", e);
        } catch (RuntimeException | Error e) {
            throw Failures.of(id, "start", e);
        } finally {
            unpin.run();
        }
    }

    @Override
    public void stop(PluginId id) throws PluginException {
        Bundle bundle = bundle(id);
        if (isFragment(bundle)) {
            return;
        }
        Runnable unpin = threads.pin();
        try {
            bundle.stop(Bundle.STOP_TRANSIENT);
        } catch (BundleException | RuntimeException | Error e) {
            throw Failures.of(id, "stop", e);
        } finally {
            unpin.run();
        }
    }

    @Override
    public Optional<ClassLoader> uninstall(PluginId id) throws PluginException {
        Bundle bundle = bundle(id);
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        Optional<ClassLoader> loader = isFragment(bundle)
                ? Optional.empty()
                : Optional.ofNullable(wiring).map(BundleWiring::getClassLoader);
        try {
            bundle.uninstall();
        } catch (BundleException | RuntimeException | Error e) {
            throw Failures.of(id, "removal", e);
        }
        if (wiring != null) {
            rewiring.refresh(bundle);
        }
        return loader;
    }

    @Override
    public Diagnosis diagnose(PluginId id) {
        Optional<Bundle> found = find(id.name());
        return found.isEmpty() ? new Diagnosis.Stopped() : diagnose(found.get());
    }

    private Diagnosis diagnose(Bundle bundle) {
        return switch (bundle.getState()) {
            case Bundle.INSTALLED -> lacking(bundle);
            case Bundle.STARTING, Bundle.STOPPING -> new Diagnosis.InTransition();
            case Bundle.ACTIVE -> components(bundle);
            case Bundle.RESOLVED -> isFragment(bundle) ? new Diagnosis.Working() : stopped(bundle);
            default -> new Diagnosis.Stopped();
        };
    }

    private Diagnosis stopped(Bundle bundle) {
        List<String> problems = misconfigured.apply(bundle);
        return problems.isEmpty() ? new Diagnosis.Stopped() : new Diagnosis.Misconfigured(problems);
    }

    /** On defaults it might do what its operator forbids. */
    private void refuseMisconfigured(Bundle bundle) throws PluginException {
        List<String> problems = misconfigured.apply(bundle);
        if (!problems.isEmpty()) {
            throw new PluginException(MISCONFIGURED, String.join(" ", problems), null);
        }
    }

    private Diagnosis lacking(Bundle bundle) {
        List<String> sentences = missing.of(bundle);
        return sentences.isEmpty() ? new Diagnosis.Stopped() : new Diagnosis.Unresolved(sentences);
    }

    private Diagnosis components(Bundle bundle) {
        List<Diagnosis.Component> inactive = inactiveComponents.apply(bundle);
        return inactive.isEmpty() ? new Diagnosis.Working() : new Diagnosis.Unsatisfied(inactive);
    }

    private PluginException unresolved(Bundle bundle, @Nullable BundleException cause) {
        List<String> sentences = missing.of(bundle);
        String what = sentences.isEmpty() ? missing.conflict(bundle) : String.join(" ", sentences);
        return new PluginException(UNRESOLVED, what, cause);
    }

    private Bundle installInPlace(BundleJar jar) throws BundleException {
        return context.installBundle("reference:" + jar.file().toUri());
    }

    private Bundle installCopy(BundleJar jar) throws BundleException, IOException {
        try (InputStream content = Files.newInputStream(jar.file())) {
            return context.installBundle(LOCATION + jar.symbolicName(), content);
        }
    }

    private void refuseDuplicate(BundleJar jar) throws PluginException {
        Optional<Bundle> there = find(jar.symbolicName());
        if (there.isPresent()) {
            throw new PluginException(
                    DUPLICATE,
                    jar.file().getFileName() + " holds plug-in " + jar.symbolicName()
                            + ", which is installed already in version "
                            + there.get().getVersion() + "; remove that one first or replace its jar.",
                    null);
        }
    }

    private void removeLeftOver() {
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getLocation().startsWith(LOCATION) || isShippedLocation(bundle.getLocation())) {
                try {
                    bundle.uninstall();
                } catch (BundleException e) {
                    throw new IllegalStateException(
                            "Tried to remove " + bundle.getLocation() + " that an earlier run left, but: "
                                    + e.getMessage() + "; delete the framework's cache folder.",
                            e);
                }
            }
        }
    }

    private boolean isShippedLocation(String location) {
        return location.startsWith("reference:" + shipped.toUri());
    }

    private boolean isShipped(Path jar) {
        return jar.toAbsolutePath().normalize().startsWith(shipped);
    }

    private Bundle bundle(PluginId id) throws PluginException {
        return find(id.name())
                .orElseThrow(
                        () -> new PluginException(UNKNOWN, "There is no plug-in " + id + "; see plugin:list.", null));
    }

    private Optional<Bundle> find(String symbolicName) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
                .findFirst();
    }

    private static InstalledPlugin describe(Bundle bundle) {
        return new InstalledPlugin(
                new PluginId(bundle.getSymbolicName()), bundle.getVersion().toString(), StartBudget.of(bundle));
    }

    private static boolean isFragment(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        return revision != null && (revision.getTypes() & BundleRevision.TYPE_FRAGMENT) != 0;
    }

    private static PluginException unusable(Path jar, Exception cause) {
        return new PluginException(
                UNUSABLE_JAR,
                jar.getFileName() + " cannot be used: " + Failures.sentence(cause) + " Build it again with bnd.",
                cause);
    }
}
