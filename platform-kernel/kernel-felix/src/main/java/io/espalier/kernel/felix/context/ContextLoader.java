package io.espalier.kernel.felix.context;

import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The thread context class loader of every thread that may call into plug-ins: it finds classes and resources through the
 * bundles on the calling stack, nearest first, then through its parent. Whatever way a call takes into a plug-in (activator,
 * component, configuration, command, health check), the plug-in and the libraries it calls see the plug-in's own classes.
 *
 * <p>The virtual machine remembers, per class loader, every class that {@link Class#forName} found through it: asked again it
 * would answer with another plug-in's class of the same name, and it would keep that plug-in in memory. So a context loader
 * that was used this way leaves its threads: a thread that runs nothing but the one bundle goes on with that bundle's own
 * loader, all others get a fresh context loader.
 */
public final class ContextLoader extends ClassLoader {
    static {
        registerAsParallelCapable();
    }

    public ContextLoader(@Nullable ClassLoader parent) {
        super("plug-in context", parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        for (ClassLoader loader : CallStack.bundleLoaders()) {
            Class<?> found = find(loader, name);
            if (found != null) {
                if (CallStack.askedByClassForName()) {
                    leaveThreads(loader);
                }
                return found;
            }
        }
        return super.loadClass(name, resolve);
    }

    @Override
    public @Nullable URL getResource(String name) {
        for (ClassLoader loader : CallStack.bundleLoaders()) {
            URL found = loader.getResource(name);
            if (found != null) {
                return found;
            }
        }
        return super.getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        Set<String> seen = new LinkedHashSet<>();
        List<URL> all = new ArrayList<>();
        for (ClassLoader loader : CallStack.bundleLoaders()) {
            addNew(loader.getResources(name), seen, all);
        }
        addNew(super.getResources(name), seen, all);
        return Collections.enumeration(all);
    }

    private static @Nullable Class<?> find(ClassLoader loader, String name) {
        try {
            return loader.loadClass(name);
        } catch (ClassNotFoundException next) {
            return null;
        }
    }

    /** URLs are compared as text: URL.equals would look up host names. */
    private static void addNew(Enumeration<URL> found, Set<String> seen, List<URL> all) {
        while (found.hasMoreElements()) {
            URL url = found.nextElement();
            if (seen.add(url.toExternalForm())) {
                all.add(url);
            }
        }
    }

    private void leaveThreads(ClassLoader nearest) {
        if (CallStack.threadBelongsTo(nearest) && Thread.currentThread().getContextClassLoader() == this) {
            Thread.currentThread().setContextClassLoader(nearest);
        }
        ContextThreads.replace(this, new ContextLoader(getParent()));
    }
}
