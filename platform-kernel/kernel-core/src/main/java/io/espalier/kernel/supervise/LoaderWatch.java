package io.espalier.kernel.supervise;

/** Is told of class loaders that should die now; must not hold on to them. */
@FunctionalInterface
public interface LoaderWatch {
    /** @param plugin the name of the plug-in that was removed */
    void watch(String plugin, ClassLoader loader);
}
