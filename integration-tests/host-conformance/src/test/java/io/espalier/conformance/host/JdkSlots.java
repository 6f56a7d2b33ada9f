package io.espalier.conformance.host;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.runtime.ObjectMethods;

/**
 * Method handles of the JDK remember the type that they were adapted to last. In JDK 17 that keeps the classes of the bundle
 * whose record was the last to be compared, in the whole process, alive; one bundle at most, and nobody can help it.
 */
public final class JdkSlots {
    private JdkSlots() {}

    /** Lets the JDK remember a class of the tests. */
    public static void displace() throws ReflectiveOperationException {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        MethodHandle getter = lookup.findVirtual(Shown.class, "kind", methodType(HostKind.class));
        for (String name : new String[] {"equals", "hashCode", "toString"}) {
            try {
                var unused = ObjectMethods.bootstrap(lookup, name, MethodHandle.class, Shown.class, "kind", getter);
            } catch (Throwable e) {
                throw new ReflectiveOperationException("The JDK does not make " + name + ".", e);
            }
        }
    }

    private record Shown(HostKind kind) {}
}
