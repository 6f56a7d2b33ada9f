package io.espalier.kernel.felix.runtime;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.BundleNamespace;
import org.osgi.framework.namespace.ExecutionEnvironmentNamespace;
import org.osgi.framework.namespace.HostNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;

/**
 * A requirement in an operator's words.
 *
 * @param name the value that the filter asks for in the namespace's main attribute, empty if it asks for none
 * @param range the versions that fit, as a range, empty if all do
 */
record Requirement(String namespace, String name, String range, String filter) {
    private static final Pattern AT_LEAST = Pattern.compile("\\([\\w.-]*version>=([^)]+)\\)");
    private static final Pattern BELOW = Pattern.compile("\\(!\\s*\\([\\w.-]*version>=([^)]+)\\)\\)");
    private static final Pattern AT_MOST = Pattern.compile("\\([\\w.-]*version<=([^)]+)\\)");
    private static final Pattern EXACT = Pattern.compile("\\([\\w.-]*version=([^)]+)\\)");

    Requirement {
        requireNonNull(namespace, "namespace is null");
        requireNonNull(name, "name is null");
        requireNonNull(range, "range is null");
        requireNonNull(filter, "filter is null");
    }

    static Requirement of(BundleRequirement need) {
        String namespace = need.getNamespace();
        String filter = need.getDirectives().getOrDefault(Constants.FILTER_DIRECTIVE, "");
        Object attribute = need.getAttributes().get(namespace);
        String name = attribute == null
                ? first(Pattern.compile("\\(" + Pattern.quote(namespace) + "=([^)]+)\\)"), filter)
                : attribute.toString();
        return new Requirement(namespace, name, range(filter), filter);
    }

    static String version(BundleCapability capability) {
        Object version = capability
                .getAttributes()
                .getOrDefault(
                        Constants.VERSION_ATTRIBUTE,
                        capability.getAttributes().get(Constants.BUNDLE_VERSION_ATTRIBUTE));
        return "version " + (version == null ? "0.0.0" : version);
    }

    /** The thing itself: "package com.acme.x version [1,2)". */
    String what() {
        String kind =
                switch (namespace) {
                    case PackageNamespace.PACKAGE_NAMESPACE -> "package " + name;
                    case BundleNamespace.BUNDLE_NAMESPACE -> "bundle " + name;
                    case HostNamespace.HOST_NAMESPACE -> "its host bundle " + name;
                    case ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE -> environment();
                    default -> "capability " + namespace + (name.isEmpty() ? "" : "=" + name);
                };
        boolean java = namespace.equals(ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE);
        return range.isEmpty() || java ? kind : kind + " version " + range;
    }

    /**
     * The whole sentence, with what mends it.
     *
     * @param offers the same thing in versions that do not fit
     */
    String missing(String bundle, List<String> offers) {
        String needs = bundle + " needs " + what() + ": ";
        return switch (namespace) {
            case PackageNamespace.PACKAGE_NAMESPACE ->
                needs
                        + (offers.isEmpty()
                                ? "no installed plug-in exports package " + name
                                        + "; install the bundle that exports it."
                                : "package " + name + " is exported only in " + String.join(", ", offers)
                                        + "; install a bundle that exports a version in the range.");
            case ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE ->
                needs + "this is Java " + Runtime.version().feature() + "; run the kernel on a newer Java.";
            case BundleNamespace.BUNDLE_NAMESPACE, HostNamespace.HOST_NAMESPACE ->
                needs
                        + (offers.isEmpty()
                                ? "it is not installed; install it."
                                : "it is there only in " + String.join(", ", offers)
                                        + "; install a version in the range.");
            default -> needs + "no installed plug-in provides it; install one that does" + hint() + ".";
        };
    }

    private String environment() {
        return range.isEmpty() ? "execution environment " + filter : "Java " + range.replaceAll("[\\[,)]", "");
    }

    private String hint() {
        return filter.isEmpty() || !name.isEmpty() ? "" : " (filter " + filter + ")";
    }

    private static String range(String filter) {
        String exact = first(EXACT, filter);
        if (!exact.isEmpty()) {
            return exact;
        }
        String below = first(BELOW, filter);
        String least = first(AT_LEAST, BELOW.matcher(filter).replaceAll(""));
        String most = first(AT_MOST, filter);
        if (below.isEmpty() && most.isEmpty()) {
            return least;
        }
        String from = least.isEmpty() ? "0" : least;
        return "[" + from + "," + (below.isEmpty() ? most + "]" : below + ")");
    }

    private static String first(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        return found.find() ? found.group(1) : "";
    }
}
