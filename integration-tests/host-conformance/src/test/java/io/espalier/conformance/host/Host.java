package io.espalier.conformance.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * A framework without our kernel: the services that every host of Declarative Services has, slf4j from the class path, and
 * nothing else.
 */
public final class Host implements AutoCloseable {
    /** For everything that plug-ins do at their own time. */
    public static final Duration SOON = Duration.ofSeconds(15);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final List<String> SERVICES = List.of(
            "org.osgi.util.function",
            "org.osgi.util.promise",
            "org.osgi.service.component",
            "org.apache.felix.configadmin",
            "org.apache.felix.metatype",
            "org.apache.felix.scr",
            "org.apache.felix.gogo.runtime",
            "org.apache.felix.healthcheck.api");

    private final Framework framework;
    private final Map<String, Bundle> plugins = new LinkedHashMap<>();

    private Host(HostKind kind, Map<String, String> properties) {
        framework = kind.factory().newFramework(properties);
    }

    /** Starts the framework and its services, with everything it keeps in this folder. */
    public static Host start(HostKind kind, Path folder) throws BundleException {
        Map<String, String> properties = new HashMap<>();
        properties.put(Constants.FRAMEWORK_STORAGE, folder.resolve("framework").toString());
        properties.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        properties.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, slf4j());
        properties.put("espalier.data", folder.resolve("data").toString());
        properties.put("espalier.log", folder.resolve("log").toString());
        properties.put("felix.log.level", "1");
        Host host = new Host(kind, properties);
        try {
            host.startServices(kind);
            return host;
        } catch (BundleException e) {
            host.close();
            throw e;
        }
    }

    private void startServices(HostKind kind) throws BundleException {
        framework.start();
        List<Bundle> services = new ArrayList<>();
        for (String name : kind.ownServices()) {
            services.add(install(Distribution.system(name)));
        }
        for (String name : SERVICES) {
            services.add(install(Distribution.system(name)));
        }
        for (Bundle service : services) {
            service.start();
        }
    }

    /** In two versions: some bundles still ask for [1.7,2), and what they use of it is unchanged in 2. */
    private static String slf4j() {
        List<String> exports = new ArrayList<>();
        for (String version : List.of("2.0.17", "1.7.36")) {
            for (String name : List.of("org.slf4j", "org.slf4j.event", "org.slf4j.helpers", "org.slf4j.spi")) {
                exports.add(name + ";version=\"" + version + "\"");
            }
        }
        return String.join(",", exports);
    }

    private Bundle install(Path jar) throws BundleException {
        return context().installBundle("reference:" + jar.toUri());
    }

    /** Gives the component of this name its configuration. */
    public void configure(String pid, Map<String, Object> values) throws Exception {
        Object configuration = Reflected.service(context(), "org.osgi.service.cm.ConfigurationAdmin")
                .call("getConfiguration", pid, "?");
        var unused = Reflected.of(configuration).call("update", FrameworkUtil.asDictionary(values));
    }

    /** Installs plug-ins of the distribution, all before the first is started, and starts them in this order. */
    public void startPlugins(List<String> names) throws BundleException {
        for (String name : names) {
            plugins.put(name, install(Distribution.plugin(name)));
        }
        for (String name : names) {
            plugin(name).start();
        }
    }

    /** Stops and uninstalls a plug-in, and lets the framework forget it. */
    public void uninstallPlugin(String name) throws Exception {
        Bundle bundle = plugin(name);
        bundle.stop();
        bundle.uninstall();
        plugins.remove(name);
        CountDownLatch refreshed = new CountDownLatch(1);
        framework.adapt(FrameworkWiring.class).refreshBundles(List.of(bundle), event -> {
            if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                refreshed.countDown();
            }
        });
        if (!refreshed.await(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("The framework did not refresh within " + STOP_LIMIT.toSeconds() + " s.");
        }
    }

    /** The installed plug-ins by name. */
    public Map<String, Bundle> plugins() {
        return Collections.unmodifiableMap(plugins);
    }

    public Bundle[] bundles() {
        return plugins.values().toArray(Bundle[]::new);
    }

    /** Waits until all plug-ins are active, fragments resolved, and all their components satisfied. */
    public void awaitWorking() {
        Components components = new Components(context());
        await("all components of the plug-ins to be satisfied")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(components.wanting(bundles())).isEmpty());
        for (Bundle bundle : bundles()) {
            boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
            assertThat(bundle.getState()).as(bundle.toString()).isEqualTo(fragment ? Bundle.RESOLVED : Bundle.ACTIVE);
        }
    }

    public Bundle plugin(String name) {
        Bundle bundle = plugins.get(name);
        if (bundle == null) {
            throw new AssertionError("The plug-in " + name + " is not installed.");
        }
        return bundle;
    }

    public BundleContext context() {
        return framework.getBundleContext();
    }

    /** Stops the framework and with it all bundles. */
    @Override
    public void close() {
        try {
            framework.stop();
            if (framework.waitForStop(STOP_LIMIT.toMillis()).getType() == FrameworkEvent.WAIT_TIMEDOUT) {
                throw new AssertionError("The framework did not stop within " + STOP_LIMIT.toSeconds() + " s.");
            }
        } catch (BundleException e) {
            throw new AssertionError("The framework cannot be stopped.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
