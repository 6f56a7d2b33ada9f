package io.espalier.kernel.felix.host;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/** A real framework inside the test's process; what it exports to bundles comes from the tests' class path. */
public final class TestFramework implements AutoCloseable {
    private static final String EXPORTS = "org.slf4j;version=\"1.7.36\",org.slf4j;version=\"2.0.17\","
            + "org.slf4j.event;version=\"1.7.36\",org.slf4j.event;version=\"2.0.17\","
            + "org.slf4j.spi;version=\"1.7.36\",org.slf4j.spi;version=\"2.0.17\","
            + "org.slf4j.helpers;version=\"1.7.36\",org.slf4j.helpers;version=\"2.0.17\"";

    private final Framework framework;

    private TestFramework(Framework framework) {
        this.framework = framework;
    }

    /** Initialised, not started. */
    public static TestFramework create(FrameworkKind kind, Path cache, List<String> exports, Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(more);
        properties.put(Constants.FRAMEWORK_STORAGE, cache.toString());
        properties.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        properties.put(
                Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                exports.isEmpty() ? EXPORTS : EXPORTS + "," + String.join(",", exports));
        properties.put("felix.log.level", "1");
        try {
            Framework framework = kind.factory().newFramework(properties);
            framework.init();
            return new TestFramework(framework);
        } catch (BundleException e) {
            throw new IllegalStateException("The framework cannot be initialised.", e);
        }
    }

    public Framework framework() {
        return framework;
    }

    /** Installs the jar and marks it to be started. */
    public Bundle add(Path jar) {
        try {
            Bundle bundle = framework.getBundleContext().installBundle("reference:" + jar.toUri());
            bundle.start();
            return bundle;
        } catch (BundleException e) {
            throw new IllegalStateException("The bundle " + jar + " cannot be installed.", e);
        }
    }

    /** Installs and marks every system bundle. */
    public TestFramework withSystemBundles() {
        Jars.system().forEach(this::add);
        return this;
    }

    public TestFramework start() {
        try {
            framework.start();
            return this;
        } catch (BundleException e) {
            throw new IllegalStateException("The framework cannot be started.", e);
        }
    }

    @Override
    public void close() {
        try {
            framework.stop();
            if (framework.waitForStop(20_000).getType() == org.osgi.framework.FrameworkEvent.WAIT_TIMEDOUT) {
                throw new IllegalStateException("The framework did not stop within 20 s.");
            }
        } catch (BundleException e) {
            throw new IllegalStateException("The framework cannot be stopped.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
