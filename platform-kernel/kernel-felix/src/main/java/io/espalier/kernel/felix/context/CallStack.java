package io.espalier.kernel.felix.context;

import java.lang.StackWalker.Option;
import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleReference;

/**
 * Tells which bundles the current thread is executing, nearest first; the framework and the kernel itself do not count.
 * Costs some microseconds a call.
 */
public final class CallStack {
    private static final StackWalker WALKER = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE);
    private static final @Nullable ClassLoader KERNEL = CallStack.class.getClassLoader();

    private CallStack() {}

    /** The symbolic name of the nearest bundle on this thread's stack, or the fallback when there is none. */
    public static String pluginOr(String fallback) {
        return WALKER.walk(frames -> frames.map(CallStack::loader)
                        .filter(CallStack::isPlugin)
                        .findFirst())
                .flatMap(CallStack::symbolicName)
                .orElse(fallback);
    }

    /** The class loaders of the bundles on this thread's stack, nearest first, each once. */
    static List<ClassLoader> bundleLoaders() {
        return WALKER.walk(frames -> {
            List<ClassLoader> found = new ArrayList<>(4);
            frames.map(CallStack::loader).forEach(loader -> {
                if (isPlugin(loader) && !found.contains(loader)) {
                    found.add(loader);
                }
            });
            return found;
        });
    }

    /** Whether the given loader's code is at the bottom of this thread's stack, so that the thread works for it alone. */
    static boolean threadBelongsTo(ClassLoader loader) {
        ClassLoader platform = ClassLoader.getPlatformClassLoader();
        return WALKER.walk(frames -> frames.map(CallStack::loader)
                        .filter(found -> found != null && found != platform)
                        .reduce((nearer, deeper) -> deeper))
                .map(bottom -> bottom == loader)
                .orElse(false);
    }

    /** Whether the class loader that calls this was itself called for {@link Class#forName}. */
    static boolean askedByClassForName() {
        return WALKER.walk(frames -> frames.map(StackFrame::getDeclaringClass)
                        .dropWhile(type -> type == CallStack.class || ClassLoader.class.isAssignableFrom(type))
                        .findFirst())
                .map(type -> type == Class.class)
                .orElse(false);
    }

    private static Optional<String> symbolicName(@Nullable ClassLoader loader) {
        return loader instanceof BundleReference reference
                ? Optional.ofNullable(reference.getBundle()).map(Bundle::getSymbolicName)
                : Optional.empty();
    }

    private static @Nullable ClassLoader loader(StackFrame frame) {
        return frame.getDeclaringClass().getClassLoader();
    }

    private static boolean isPlugin(@Nullable ClassLoader loader) {
        if (loader == KERNEL || !(loader instanceof BundleReference reference)) {
            return false;
        }
        Bundle bundle = reference.getBundle();
        return bundle != null && bundle.getBundleId() != 0;
    }
}
