package io.espalier.kernel.leak;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks inside java.lang where the JVM was told to allow it, and says so where it was not. */
final class ThreadAnatomy {
    private static final String REMEDY = "start the JVM with --add-opens java.base/java.lang=ALL-UNNAMED.";

    private final @Nullable Field task = field("java.lang.Thread", "target");
    private final @Nullable Field hooks = field("java.lang.ApplicationShutdownHooks", "hooks");
    private final @Nullable Method findLoaded = method();

    List<String> blindSpots() {
        var spots = new ArrayList<String>();
        if (hooks == null) {
            spots.add("Shutdown hooks cannot be seen; " + REMEDY);
        }
        if (findLoaded == null) {
            spots.add("What a thread runs cannot be matched to a plug-in, only its class and its context class loader; "
                    + REMEDY);
        }
        return spots;
    }

    /** The Runnable that the thread was made with; null when it cannot be seen. */
    @Nullable
    Runnable taskOf(Thread thread) {
        try {
            return task == null ? null : (Runnable) task.get(thread);
        } catch (IllegalAccessException notAllowed) {
            return null;
        }
    }

    Set<Thread> shutdownHooks() {
        try {
            // Null once the JVM is shutting down.
            return hooks != null && hooks.get(null) instanceof Map<?, ?> threads ? copy(threads) : Set.of();
        } catch (IllegalAccessException notAllowed) {
            return Set.of();
        }
    }

    /** Whether the loader defined the class; never loads anything. */
    boolean isLoadedBy(String className, ClassLoader loader) {
        try {
            return findLoaded != null
                    && findLoaded.invoke(loader, className) instanceof Class<?> found
                    && found.getClassLoader() == loader;
        } catch (ReflectiveOperationException notAllowed) {
            return false;
        }
    }

    /** The JDK guards the map with its own class. */
    private static Set<Thread> copy(Map<?, ?> threads) {
        synchronized (owner("java.lang.ApplicationShutdownHooks")) {
            return threads.keySet().stream().map(Thread.class::cast).collect(Collectors.toSet());
        }
    }

    private static Class<?> owner(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            return ThreadAnatomy.class;
        }
    }

    private static @Nullable Field field(String owner, String name) {
        try {
            return opened(Class.forName(owner).getDeclaredField(name));
        } catch (ReflectiveOperationException otherJdk) {
            return null;
        }
    }

    private static @Nullable Method method() {
        try {
            return opened(ClassLoader.class.getDeclaredMethod("findLoadedClass", String.class));
        } catch (ReflectiveOperationException otherJdk) {
            return null;
        }
    }

    private static <T extends AccessibleObject> @Nullable T opened(T member) {
        try {
            member.setAccessible(true);
            return member;
        } catch (InaccessibleObjectException closed) {
            return null;
        }
    }
}
