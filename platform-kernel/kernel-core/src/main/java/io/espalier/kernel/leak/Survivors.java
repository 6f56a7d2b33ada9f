package io.espalier.kernel.leak;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.management.InstanceNotFoundException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/** Finds what in this JVM belongs to a class loader. */
final class Survivors {
    private final ThreadAnatomy anatomy = new ThreadAnatomy();

    /** The loader itself and everything found that belongs to it. */
    List<Leak> of(String plugin, ClassLoader loader) {
        var found = new ArrayList<Leak>();
        Set<Thread> hooks = anatomy.shutdownHooks();
        for (Map.Entry<Thread, StackTraceElement[]> entry :
                Thread.getAllStackTraces().entrySet()) {
            String tie = hooks.contains(entry.getKey()) ? null : tie(entry.getKey(), entry.getValue(), loader);
            if (tie != null) {
                found.add(thread(plugin, entry.getKey(), tie));
            }
        }
        for (Thread hook : hooks) {
            if (tie(hook, new StackTraceElement[0], loader) != null) {
                found.add(hook(plugin, hook));
            }
        }
        mbeans(loader).forEach(name -> found.add(mbean(plugin, name)));
        found.add(0, loader(plugin, loader, found.size()));
        return found;
    }

    List<String> blindSpots() {
        return anatomy.blindSpots();
    }

    /** How the thread belongs to the loader; null when it does not as far as can be seen. */
    private @Nullable String tie(Thread thread, StackTraceElement[] stack, ClassLoader loader) {
        if (thread.getClass().getClassLoader() == loader) {
            return "its class " + thread.getClass().getName() + " is the plug-in's";
        }
        Runnable task = anatomy.taskOf(thread);
        if (task != null && task.getClass().getClassLoader() == loader) {
            return "its task " + task.getClass().getName() + " is the plug-in's";
        }
        if (thread.getContextClassLoader() == loader) {
            return "its context class loader is the plug-in's";
        }
        for (StackTraceElement frame : stack) {
            if (anatomy.isLoadedBy(frame.getClassName(), loader)) {
                return "it runs " + frame.getClassName() + "." + frame.getMethodName();
            }
        }
        return null;
    }

    private static List<ObjectName> mbeans(ClassLoader loader) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        var found = new ArrayList<ObjectName>();
        for (ObjectName name : server.queryNames(null, null)) {
            if (loaderOf(server, name) == loader) {
                found.add(name);
            }
        }
        return found;
    }

    private static @Nullable ClassLoader loaderOf(MBeanServer server, ObjectName name) {
        try {
            return server.getClassLoaderFor(name);
        } catch (InstanceNotFoundException goneMeanwhile) {
            return null;
        }
    }

    private static Leak loader(String plugin, ClassLoader loader, int others) {
        String keeper = others == 0
                ? "nothing was found that keeps it: look in a heap dump for static fields, thread locals, caches and"
                        + " listeners outside the plug-in that hold its objects"
                : "what keeps it is named too";
        return new Leak(
                plugin,
                Leak.Kind.CLASS_LOADER,
                String.valueOf(loader),
                "The class loader of " + plugin + " survives its removal; " + keeper + ".");
    }

    private static Leak thread(String plugin, Thread thread, String tie) {
        return new Leak(
                plugin,
                Leak.Kind.THREAD,
                thread.getName(),
                "The thread '" + thread.getName() + "' of " + plugin + " survives its removal (" + tie
                        + "); the plug-in must end it when it stops.");
    }

    private static Leak hook(String plugin, Thread hook) {
        return new Leak(
                plugin,
                Leak.Kind.SHUTDOWN_HOOK,
                hook.getName(),
                "The shutdown hook '" + hook.getName() + "' of " + plugin
                        + " survives its removal; the plug-in must take it back with Runtime.removeShutdownHook.");
    }

    private static Leak mbean(String plugin, ObjectName name) {
        return new Leak(
                plugin,
                Leak.Kind.MBEAN,
                name.getCanonicalName(),
                "The MBean '" + name + "' of " + plugin
                        + " survives its removal; the plug-in must unregister it when it stops.");
    }
}
