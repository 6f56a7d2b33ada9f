package io.espalier.kernel.felix.runtime;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.plugin.Diagnosis;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/**
 * Finds a bundle's Declarative Services components that should be active and are not, the causes before those that only wait for
 * them. A delayed component that is satisfied is
 * fine; one that cannot be satisfied or failed to activate is not, nor is an immediate one that is not active.
 */
public final class WaitingComponents implements Function<Bundle, List<Diagnosis.Component>> {
    private final Supplier<@Nullable ServiceComponentRuntime> components;

    /**
     * Looks through the given Declarative Services.
     *
     * @param components gives null while there are no Declarative Services
     */
    public WaitingComponents(Supplier<@Nullable ServiceComponentRuntime> components) {
        this.components = requireNonNull(components, "components is null");
    }

    @Override
    public List<Diagnosis.Component> apply(Bundle bundle) {
        ServiceComponentRuntime runtime = components.get();
        if (runtime == null) {
            return declared(bundle);
        }
        return runtime.getComponentDescriptionDTOs(bundle).stream()
                .filter(component -> component.factory == null && runtime.isComponentEnabled(component))
                .flatMap(component -> inactive(runtime, component))
                .sorted(Comparator.comparing(Found::follows))
                .map(Found::component)
                .toList();
    }

    /** @param follows whether it waits for nothing but services of other components of its own bundle */
    private record Found(Diagnosis.Component component, boolean follows) {}

    private static List<Diagnosis.Component> declared(Bundle bundle) {
        String header = bundle.getHeaders("").get("Service-Component");
        return header == null
                ? List.of()
                : List.of(new Diagnosis.Component(
                        header, "The kernel has no Declarative Services yet; install org.apache.felix.scr.", false));
    }

    private Stream<Found> inactive(ServiceComponentRuntime runtime, ComponentDescriptionDTO component) {
        Collection<ComponentConfigurationDTO> instances = runtime.getComponentConfigurationDTOs(component);
        if (instances.isEmpty()) {
            return Stream.of(
                    new Found(new Diagnosis.Component(component.name, needsConfiguration(component), false), false));
        }
        return instances.stream().flatMap(instance -> reason(runtime, component, instance).stream()
                .map(reason -> new Found(
                        new Diagnosis.Component(component.name, reason, threw(instance)),
                        follows(runtime, component, instance))));
    }

    private static boolean follows(
            ServiceComponentRuntime runtime, ComponentDescriptionDTO component, ComponentConfigurationDTO instance) {
        List<String> lacking = lacking(component, instance);
        return !lacking.isEmpty()
                && lacking.stream().allMatch(type -> runtime.getComponentDescriptionDTOs().stream()
                        .filter(other -> other.bundle.id == component.bundle.id && !other.name.equals(component.name))
                        .anyMatch(other -> List.of(other.serviceInterfaces).contains(type)));
    }

    /** The types of the services that it could not have. */
    private static List<String> lacking(ComponentDescriptionDTO component, ComponentConfigurationDTO instance) {
        if (instance.state == ComponentConfigurationDTO.UNSATISFIED_REFERENCE) {
            return Arrays.stream(instance.unsatisfiedReferences)
                    .map(reference -> type(component, reference))
                    .toList();
        }
        return threw(instance)
                ? notGiven(component, instance.failure).stream()
                        .map(reference -> reference.interfaceName)
                        .toList()
                : List.of();
    }

    private static boolean threw(ComponentConfigurationDTO instance) {
        return instance.state == ComponentConfigurationDTO.FAILED_ACTIVATION;
    }

    private Optional<String> reason(
            ServiceComponentRuntime runtime, ComponentDescriptionDTO component, ComponentConfigurationDTO instance) {
        return switch (instance.state) {
            case ComponentConfigurationDTO.ACTIVE -> Optional.empty();
            case ComponentConfigurationDTO.SATISFIED ->
                component.immediate
                        ? Optional.of("Component " + component.name + " has all it needs but is not active yet.")
                        : Optional.empty();
            case ComponentConfigurationDTO.FAILED_ACTIVATION ->
                Optional.of("Component " + component.name + " failed to activate: "
                        + failed(runtime, component, instance.failure));
            case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION -> Optional.of(needsConfiguration(component));
            default -> Optional.of(unsatisfied(runtime, component, instance));
        };
    }

    private static String needsConfiguration(ComponentDescriptionDTO component) {
        String files = Arrays.stream(component.configurationPid)
                .map(pid -> "etc/" + pid + ".json")
                .collect(Collectors.joining(" and "));
        return "Component " + component.name + " needs configuration " + String.join(", ", component.configurationPid)
                + ": create " + files + ".";
    }

    private String unsatisfied(
            ServiceComponentRuntime runtime, ComponentDescriptionDTO component, ComponentConfigurationDTO instance) {
        return Arrays.stream(instance.unsatisfiedReferences)
                .map(reference -> waits(runtime, component, reference))
                .collect(Collectors.joining(" "));
    }

    private String waits(
            ServiceComponentRuntime runtime, ComponentDescriptionDTO component, UnsatisfiedReferenceDTO unsatisfied) {
        String wanted = Arrays.stream(component.references)
                .filter(reference -> reference.name.equals(unsatisfied.name))
                .map(WaitingComponents::text)
                .findFirst()
                .orElse(unsatisfied.name);
        return "Component " + component.name + " waits for a service " + wanted + "; "
                + offer(runtime, component, type(component, unsatisfied));
    }

    private static String type(ComponentDescriptionDTO component, UnsatisfiedReferenceDTO unsatisfied) {
        return Arrays.stream(component.references)
                .filter(reference -> reference.name.equals(unsatisfied.name))
                .map(reference -> reference.interfaceName)
                .findFirst()
                .orElse("");
    }

    private static String text(ReferenceDTO reference) {
        String filter = reference.target == null ? "" : ", filter " + reference.target;
        return reference.interfaceName + " (reference " + reference.name + filter + ")";
    }

    /** The framework does not say which service could not be had, only the name of the reference. */
    private static Optional<ReferenceDTO> notGiven(ComponentDescriptionDTO component, @Nullable String trace) {
        return trace == null
                ? Optional.empty()
                : Arrays.stream(component.references)
                        .filter(one -> trace.contains("Unable to get service for reference " + one.name + "\n"))
                        .findFirst();
    }

    private static String failed(
            ServiceComponentRuntime runtime, ComponentDescriptionDTO component, @Nullable String trace) {
        return notGiven(component, trace)
                .map(one -> "it could not get the service " + one.interfaceName + "; "
                        + offer(runtime, component, one.interfaceName))
                .orElseGet(() -> failure(trace));
    }

    /** Who could offer the service, if a component of another plug-in says so. */
    private static String offer(ServiceComponentRuntime runtime, ComponentDescriptionDTO waiting, String type) {
        return runtime.getComponentDescriptionDTOs().stream()
                .filter(other -> !other.name.equals(waiting.name))
                .filter(other -> List.of(other.serviceInterfaces).contains(type))
                .findFirst()
                .map(other -> "component " + other.name + " of " + other.bundle.symbolicName
                        + " could offer it but does not; see plugin:explain " + other.bundle.symbolicName + ".")
                .orElse("no plug-in offers it; install or enable one that does.");
    }

    /** The sentence of the failure's stack trace, or else its innermost cause. */
    private static String failure(@Nullable String trace) {
        if (trace == null || trace.isBlank()) {
            return "it gave no reason; see log:tail.";
        }
        List<String> thrown = trace.lines()
                .filter(line -> !line.startsWith("\t"))
                .map(line -> line.replaceFirst("^Caused by: ", ""))
                .toList();
        return thrown.stream()
                .flatMap(line -> Failures.ownSentence(line).stream())
                .findFirst()
                .orElseGet(() -> innermost(trace, thrown.get(0)));
    }

    private static String innermost(String trace, String first) {
        String last = trace.lines()
                .filter(line -> line.startsWith("Caused by: "))
                .reduce((earlier, later) -> later)
                .map(line -> line.substring("Caused by: ".length()))
                .orElse(first);
        return last + (last.endsWith(".") ? "" : ".") + " Mend the plug-in or its configuration.";
    }
}
