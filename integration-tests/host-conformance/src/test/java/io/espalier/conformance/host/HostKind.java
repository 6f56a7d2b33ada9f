package io.espalier.conformance.host;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.launch.FrameworkFactory;

/** The OSGi frameworks that the plug-ins claim to run in. */
public enum HostKind {
    /** Metatype and Gogo want the log service, which is a bundle of its own here. */
    FELIX("org.apache.felix.framework.FrameworkFactory", "org.apache.felix.framework-"),
    /** Has a log service. */
    EQUINOX("org.eclipse.osgi.launch.EquinoxFactory", "org.eclipse.osgi-");

    private final String factory;
    private final String jar;

    HostKind(String factory, String jar) {
        this.factory = factory;
        this.jar = jar;
    }

    FrameworkFactory factory() {
        try {
            URL[] own = {jar().toUri().toURL()};
            return Class.forName(factory, true, new OwnFirst(own))
                    .asSubclass(FrameworkFactory.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | MalformedURLException e) {
            throw new IllegalStateException("The framework " + this + " is not on the class path.", e);
        }
    }

    /** The bundles that this framework alone needs. */
    List<String> ownServices() {
        return this == FELIX ? List.of("org.apache.felix.log") : List.of();
    }

    private Path jar() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> path.getFileName().toString().startsWith(jar))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No jar " + jar + "* is on the class path."));
    }

    /** Both frameworks carry the same resolver, one of them signed; they do not bear each other in one class loader. */
    private static final class OwnFirst extends URLClassLoader {
        private static final List<String> OWN =
                List.of("org.eclipse.", "org.apache.felix.resolver.", "org.apache.felix.framework.");

        OwnFirst(URL[] own) {
            super(own, HostKind.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (OWN.stream().noneMatch(name::startsWith)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known == null ? findClass(name) : known;
            }
        }

        @Override
        public @Nullable URL getResource(String name) {
            URL found = findResource(name);
            return found == null ? super.getResource(name) : found;
        }
    }
}
