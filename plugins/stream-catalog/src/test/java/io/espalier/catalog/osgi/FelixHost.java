package io.espalier.catalog.osgi;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.felix.framework.FrameworkFactory;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.cm.ConfigurationAdmin;

/** A bare Felix with SCR and Config Admin in this JVM; bundles are installed from where the test's classes come from. */
final class FelixHost {
    /** Served by the test's class path, so that test and bundles share these types. */
    private static final String SHARED =
            "org.slf4j;version=2.0.17,org.slf4j;version=1.7.36,org.slf4j.event;version=2.0.17,"
                    + "org.slf4j.helpers;version=2.0.17,org.slf4j.spi;version=2.0.17,org.osgi.service.cm;version=1.6.1,"
                    + "org.osgi.service.component;version=1.5.1,org.osgi.service.component.runtime;version=1.5.1,"
                    + "org.osgi.service.component.runtime.dto;version=1.5.1,org.osgi.util.promise;version=1.3.0,"
                    + "org.osgi.util.function;version=1.2.0,org.apache.felix.service.command;version=1.0.0,"
                    + "org.apache.felix.service.threadio;version=1.0.0";

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Framework framework;

    private FelixHost(Framework framework) {
        this.framework = framework;
    }

    static FelixHost start(Path folder, Path data) throws BundleException {
        Framework framework = new FrameworkFactory()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE,
                        folder.toString(),
                        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                        SHARED,
                        "espalier.data",
                        data.toString()));
        framework.start();
        return new FelixHost(framework);
    }

    /** Installs the bundle that the class comes from. */
    Bundle install(Class<?> member) {
        try {
            Path place = Path.of(
                    member.getProtectionDomain().getCodeSource().getLocation().toURI());
            return context().installBundle("reference:" + place.toUri());
        } catch (BundleException | URISyntaxException e) {
            throw new AssertionError("The bundle of " + member.getName() + " cannot be installed.", e);
        }
    }

    /** Installs the bundles of the classes, then starts them, so that their order does not matter. */
    List<Bundle> run(Class<?>... members) throws BundleException {
        List<Bundle> bundles = new ArrayList<>();
        for (Class<?> member : members) {
            bundles.add(install(member));
        }
        for (Bundle bundle : bundles) {
            bundle.start();
        }
        return bundles;
    }

    void configure(String pid, Map<String, Object> values) throws IOException {
        service(ConfigurationAdmin.class.getName(), ConfigurationAdmin.class)
                .getConfiguration(pid, "?")
                .update(FrameworkUtil.asDictionary(values));
    }

    /** Waits for a service. */
    <T> T service(String name, Class<T> type) {
        return type.cast(
                Awaitility.await("service " + name).atMost(LIMIT).until(() -> find(name), found -> found != null));
    }

    /** The service of that name, also where the test's class path has another class of the same name. */
    @Nullable
    Object find(String name) {
        try {
            ServiceReference<?>[] found = context().getAllServiceReferences(name, null);
            return found == null ? null : context().getService(found[0]);
        } catch (InvalidSyntaxException e) {
            throw new AssertionError("There is no filter to be invalid.", e);
        }
    }

    /** Offers an interface that only bundles can see; every method answers with the value of its name. */
    ServiceRegistration<?> offer(Bundle owner, String type, Map<String, Object> answers) throws ClassNotFoundException {
        Class<?> face = owner.loadClass(type);
        Object service = Proxy.newProxyInstance(
                face.getClassLoader(), new Class<?>[] {face}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "equals" -> proxy == requireNonNull(arguments)[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> answers.get(method.getName());
                });
        return context().registerService(type, service, null);
    }

    /** Removes the bundle and everything the framework keeps of it. */
    void remove(Bundle bundle) throws BundleException {
        bundle.uninstall();
        framework.adapt(FrameworkWiring.class).refreshBundles(List.of(bundle));
    }

    private BundleContext context() {
        return requireNonNull(framework.getBundleContext(), "the framework runs");
    }

    void stop() throws Exception {
        framework.stop();
        framework.waitForStop(LIMIT.toMillis());
    }
}
