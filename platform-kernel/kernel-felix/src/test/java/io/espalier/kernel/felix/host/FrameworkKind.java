package io.espalier.kernel.felix.host;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import org.osgi.framework.launch.FrameworkFactory;

/** The OSGi frameworks that the kernel is tested on. */
public enum FrameworkKind {
    FELIX("org.apache.felix.framework.FrameworkFactory", "org.apache.felix.framework-"),
    EQUINOX("org.eclipse.osgi.launch.EquinoxFactory", "org.eclipse.osgi-");

    private final String factory;
    private final String jar;

    FrameworkKind(String factory, String jar) {
        this.factory = factory;
        this.jar = jar;
    }

    FrameworkFactory factory() {
        try {
            URL[] own = {Jars.find(jar).toUri().toURL()};
            return Class.forName(factory, true, new OwnFirst(own))
                    .asSubclass(FrameworkFactory.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | MalformedURLException e) {
            throw new IllegalStateException("The framework " + this + " is not on the class path.", e);
        }
    }

    /** Both frameworks carry the same resolver, one of them signed; they do not bear each other in one class loader. */
    private static final class OwnFirst extends URLClassLoader {
        private static final List<String> OWN =
                List.of("org.eclipse.", "org.apache.felix.resolver.", "org.apache.felix.framework.");

        OwnFirst(URL[] own) {
            super(own, FrameworkKind.class.getClassLoader());
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
        public URL getResource(String name) {
            URL found = findResource(name);
            return found == null ? super.getResource(name) : found;
        }
    }
}
