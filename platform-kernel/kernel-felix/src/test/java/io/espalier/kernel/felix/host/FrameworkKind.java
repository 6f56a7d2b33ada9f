package io.espalier.kernel.felix.host;

import org.osgi.framework.launch.FrameworkFactory;

/** The OSGi frameworks that the kernel is tested on. */
public enum FrameworkKind {
    FELIX("org.apache.felix.framework.FrameworkFactory"),
    EQUINOX("org.eclipse.osgi.launch.EquinoxFactory");

    private final String factory;

    FrameworkKind(String factory) {
        this.factory = factory;
    }

    FrameworkFactory factory() {
        try {
            return Class.forName(factory)
                    .asSubclass(FrameworkFactory.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The framework " + this + " is not on the class path.", e);
        }
    }
}
