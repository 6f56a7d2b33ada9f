package io.espalier.kernel.felix.runtime;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/**
 * Says why a bundle cannot be wired, by matching its requirements against what the installed bundles offer; the resolver's own
 * text is nested filters. One sentence for each thing that is missing at the root, each with what mends it.
 */
final class MissingRequirements {
    private final BundleContext context;

    MissingRequirements(BundleContext context) {
        this.context = requireNonNull(context, "context is null");
    }

    /** Empty when every requirement has a provider that can be wired itself. */
    List<String> of(Bundle bundle) {
        Set<Bundle> seen = new HashSet<>();
        seen.add(bundle);
        return of(bundle, seen);
    }

    /** For a bundle that does not resolve although nothing is missing. */
    String conflict(Bundle bundle) {
        Set<String> names = requirements(bundle)
                .filter(need -> need.getNamespace().equals(PackageNamespace.PACKAGE_NAMESPACE))
                .filter(need -> providers(need).size() > 1)
                .map(need -> Requirement.of(need).name() + " by "
                        + providers(need).stream()
                                .map(MissingRequirements::owner)
                                .distinct()
                                .collect(Collectors.joining(" and ")))
                .collect(Collectors.toCollection(TreeSet::new));
        return "All that " + bundle.getSymbolicName() + " needs is there but cannot be wired together"
                + (names.isEmpty() ? "; " : ": some packages are exported twice (" + String.join("; ", names) + "); ")
                + "remove one of the bundles that export the same package.";
    }

    private List<String> of(Bundle bundle, Set<Bundle> seen) {
        List<String> sentences = new ArrayList<>();
        requirements(bundle).forEach(need -> {
            List<BundleCapability> providers = providers(need);
            if (providers.isEmpty()) {
                sentences.add(Requirement.of(need).missing(bundle.getSymbolicName(), offers(need)));
            } else {
                sentences.addAll(providersLack(need, providers, seen));
            }
        });
        return sentences.stream().distinct().toList();
    }

    /** When no provider can be wired, what the first of them lacks is the reason. */
    private List<String> providersLack(BundleRequirement need, List<BundleCapability> providers, Set<Bundle> seen) {
        List<String> first = List.of();
        for (BundleCapability provider : providers) {
            Bundle owner = provider.getRevision().getBundle();
            if (owner.getState() != Bundle.INSTALLED || !seen.add(owner)) {
                return List.of();
            }
            List<String> lacking = of(owner, seen);
            if (lacking.isEmpty()) {
                return List.of();
            }
            first = first.isEmpty() ? lacking : first;
        }
        String link = Requirement.of(need).what() + " comes from " + owner(providers.get(0)) + ", and ";
        return first.stream().map(sentence -> link + sentence).toList();
    }

    private Stream<BundleRequirement> requirements(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        return revision == null
                ? Stream.empty()
                : revision.getDeclaredRequirements(null).stream().filter(this::mandatory);
    }

    private boolean mandatory(BundleRequirement need) {
        String effective = need.getDirectives().getOrDefault(Constants.EFFECTIVE_DIRECTIVE, "resolve");
        String resolution = need.getDirectives().getOrDefault(Constants.RESOLUTION_DIRECTIVE, "mandatory");
        return effective.equals("resolve") && resolution.equals("mandatory");
    }

    private List<BundleCapability> providers(BundleRequirement need) {
        return capabilities(need.getNamespace()).filter(need::matches).toList();
    }

    /** The same thing in versions that do not fit: "1.2.0 (acme.library)". */
    private List<String> offers(BundleRequirement need) {
        String name = Requirement.of(need).name();
        return capabilities(need.getNamespace())
                .filter(capability -> name.equals(capability.getAttributes().get(need.getNamespace())))
                .map(capability -> Requirement.version(capability) + " (" + owner(capability) + ")")
                .distinct()
                .toList();
    }

    private Stream<BundleCapability> capabilities(String namespace) {
        return Stream.of(context.getBundles())
                .map(bundle -> bundle.adapt(BundleRevision.class))
                .filter(Objects::nonNull)
                .flatMap(revision -> revision.getDeclaredCapabilities(namespace).stream());
    }

    private static String owner(BundleCapability capability) {
        Bundle bundle = capability.getRevision().getBundle();
        return bundle.getBundleId() == 0 ? "the kernel" : bundle.getSymbolicName();
    }
}
