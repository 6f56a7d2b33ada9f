package io.espalier.conformance.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** What Declarative Services of a host says about the components of its bundles. */
public final class Components {
    private static final Set<Object> GOOD_STATES = Set.of(4, 8);

    private final Reflected runtime;

    public Components(BundleContext context) {
        this.runtime = Reflected.service(context, "org.osgi.service.component.runtime.ServiceComponentRuntime");
    }

    /** The names of the components that these bundles describe. */
    public List<String> described(Bundle... bundles) throws Exception {
        List<String> names = new ArrayList<>();
        for (Reflected component : runtime.list("getComponentDescriptionDTOs", (Object) bundles)) {
            names.add(String.valueOf(component.field("name")));
        }
        return names;
    }

    /** A sentence for every component of these bundles that is neither satisfied nor active. */
    public List<String> wanting(Bundle... bundles) throws Exception {
        List<String> wanting = new ArrayList<>();
        for (Reflected component : runtime.list("getComponentDescriptionDTOs", (Object) bundles)) {
            List<Reflected> made = runtime.list("getComponentConfigurationDTOs", component.object());
            if (made.isEmpty()) {
                wanting.add(component.field("name") + " is not made at all");
            }
            for (Reflected each : made) {
                if (!GOOD_STATES.contains(each.field("state"))) {
                    Object[] missing = (Object[])
                            Reflected.of(each.field("unsatisfiedReferences")).object();
                    wanting.add(component.field("name") + " is in state " + each.field("state") + ", wants "
                            + Arrays.toString(missing) + ", failed with " + each.field("failure"));
                }
            }
        }
        return wanting;
    }
}
