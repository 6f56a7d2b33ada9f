package io.espalier.kernel.launcher.boot;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.log.LogControl;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One OSGi framework with the system bundles in it. Everything beyond that - plug-ins, configuration, shell - is done by the
 * bundle {@code kernel-felix}, which is started first.
 */
public final class Kernel {
    private static final Logger LOG = LoggerFactory.getLogger(Kernel.class);
    private static final String FIRST = "kernel-felix.jar";

    private final Framework framework;

    private Kernel(Framework framework) {
        this.framework = requireNonNull(framework, "framework is null");
    }

    /**
     * Starts the framework and all system bundles; returns when each has been started.
     *
     * @throws IOException with a sentence, when the distribution is incomplete, or the framework or the kernel's own bundle
     *     cannot start
     */
    public static Kernel start(Layout layout, LogControl logControl) throws IOException {
        try {
            return startFramework(layout, logControl);
        } catch (BundleException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Kernel startFramework(Layout layout, LogControl logControl) throws IOException, BundleException {
        layout.prepare();
        FrameworkFactory factory = ServiceLoader.load(FrameworkFactory.class, Kernel.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new IOException("No OSGi framework is on the class path; lib/ must hold one."));
        Framework framework = factory.newFramework(properties(layout));
        framework.init(event -> logFrameworkEvent(event));
        framework.getBundleContext().registerService(LogControl.class, logControl, null);
        Kernel kernel = new Kernel(framework);
        List<Bundle> bundles = kernel.install(layout.system());
        kernel.startAll(bundles);
        return kernel;
    }

    private static Map<String, String> properties(Layout layout) {
        Map<String, String> properties = layout.frameworkProperties();
        properties.put(
                "espalier.started",
                Long.toString(ManagementFactory.getRuntimeMXBean().getStartTime()));
        properties.put(
                Constants.FRAMEWORK_STORAGE, layout.data().resolve("cache").toString());
        // Nothing is kept in the framework's cache: what is installed follows from profile and drop folder alone.
        properties.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        properties.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, SystemPackages.extra());
        properties.put("felix.log.level", "1");
        // Components that open doors or databases may take longer than SCR's five seconds on a busy machine.
        properties.put("ds.lock.timeout.milliseconds", "30000");
        return properties;
    }

    private static void logFrameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.ERROR) {
            LOG.error("The framework reports an error in bundle {}.", event.getBundle(), event.getThrowable());
        }
    }

    private List<Bundle> install(Path folder) throws IOException, BundleException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(folder)) {
            jars = files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted(Comparator.comparing((Path file) -> !file.endsWith(FIRST))
                            .thenComparing(Comparator.naturalOrder()))
                    .toList();
        }
        List<Bundle> bundles = new ArrayList<>();
        for (Path jar : jars) {
            bundles.add(framework.getBundleContext().installBundle("reference:" + jar.toUri()));
        }
        return bundles;
    }

    /**
     * Marks the bundles to be started; the framework starts them in this order when it starts itself, and reports the one
     * that fails as an event. Without one of them the kernel goes on; its own it needs.
     */
    private void startAll(List<Bundle> bundles) throws BundleException {
        for (Bundle bundle : bundles) {
            if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                bundle.start(Bundle.START_ACTIVATION_POLICY);
            }
        }
        framework.start();
        for (Bundle bundle : bundles) {
            if (bundle.getLocation().endsWith(FIRST) && bundle.getState() != Bundle.ACTIVE) {
                throw new BundleException("Tried to start the kernel's own bundle " + bundle
                        + " but it did not become active; the log says why.");
            }
        }
    }

    /** Waits until the framework has stopped, whoever stopped it. */
    public void awaitStop() throws InterruptedException {
        framework.waitForStop(0);
    }

    /**
     * Stops all bundles and the framework.
     *
     * @return whether everything had stopped within the limit
     */
    public boolean stop(Duration limit) throws InterruptedException {
        try {
            framework.stop();
        } catch (BundleException e) {
            LOG.error("Tried to stop the framework but it refused; the process ends anyway.", e);
            return false;
        }
        return framework.waitForStop(limit.toMillis()).getType() != FrameworkEvent.WAIT_TIMEDOUT;
    }
}
