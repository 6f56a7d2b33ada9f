package io.espalier.kernel.supervise;

/** Is told of class loaders that should die now; must not hold on to them. */
@FunctionalInterface
public interface LoaderWatch {
    /** Watches the loader of a plug-in that was removed; returns at once. */
    void watch(String plugin, ClassLoader loader);
}
