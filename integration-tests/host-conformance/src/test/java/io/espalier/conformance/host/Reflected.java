package io.espalier.conformance.host;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** An object of a bundle, used by name: its classes are the bundle's own and not those of the tests. */
final class Reflected {
    private final Object object;

    private Reflected(Object object) {
        this.object = object;
    }

    static Reflected of(@Nullable Object object) {
        if (object == null) {
            throw new AssertionError("The host answered null.");
        }
        return new Reflected(object);
    }

    /** The service of this type; there must be one. */
    static Reflected service(BundleContext context, String type) {
        try {
            ServiceReference<?>[] found = context.getAllServiceReferences(type, null);
            if (found == null) {
                throw new AssertionError("The host has no service " + type + ".");
            }
            return of(context.getService(found[0]));
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Calls a public method; methods of one name must differ in the number of their parameters. */
    @Nullable
    Object call(String name, @Nullable Object... arguments) throws Exception {
        Method method = publicMethods()
                .filter(each -> each.getName().equals(name) && each.getParameterCount() == arguments.length)
                .findFirst()
                .orElseThrow(() -> new AssertionError(object.getClass() + " has no method " + name + "."));
        try {
            return method.invoke(object, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Calls a method that answers a collection. */
    List<Reflected> list(String name, @Nullable Object... arguments) throws Exception {
        return ((Collection<?>) of(call(name, arguments)).object)
                .stream().map(Reflected::of).toList();
    }

    @Nullable
    Object field(String name) throws ReflectiveOperationException {
        return object.getClass().getField(name).get(object);
    }

    Object object() {
        return object;
    }

    /** Those of interfaces first: a class that implements one is often not public. */
    private Stream<Method> publicMethods() {
        Deque<Class<?>> open = new ArrayDeque<>(List.of(object.getClass()));
        Stream.Builder<Class<?>> types = Stream.builder();
        while (!open.isEmpty()) {
            Class<?> type = open.pop();
            types.add(type);
            open.addAll(List.of(type.getInterfaces()));
            if (type.getSuperclass() != null) {
                open.add(type.getSuperclass());
            }
        }
        return types.build()
                .filter(type -> java.lang.reflect.Modifier.isPublic(type.getModifiers()))
                .flatMap(type -> Arrays.stream(type.getMethods()));
    }
}
