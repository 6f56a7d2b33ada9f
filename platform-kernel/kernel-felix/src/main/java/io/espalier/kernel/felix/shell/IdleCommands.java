package io.espalier.kernel.felix.shell;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.kernel.plugin.PluginState;
import io.espalier.kernel.plugin.PluginView;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows of commands that plug-ins would offer if they worked, by what these declare of their components. Thread-safe. */
public final class IdleCommands {
    private static final Logger LOG = LoggerFactory.getLogger(IdleCommands.class);
    /** Enough of XML for what build tools write; what is written otherwise only gets a shorter answer. */
    private static final Pattern PROPERTY = Pattern.compile("<property\\s[^>]*>");

    private static final Pattern SCOPE = Pattern.compile("\\sname=\"osgi\\.command\\.scope\"");
    private static final Pattern VALUE = Pattern.compile("\\svalue=\"([^\"]*)\"");

    private final Supplier<List<PluginView>> plugins;
    private final Supplier<List<Bundle>> bundles;

    /** Reads nothing yet. */
    public IdleCommands(Supplier<List<PluginView>> plugins, Supplier<List<Bundle>> bundles) {
        this.plugins = requireNonNull(plugins, "plugins is null");
        this.bundles = requireNonNull(bundles, "bundles is null");
    }

    /**
     * Whose command it is, and why that plug-in does not work.
     *
     * @return a sentence, empty when no idle plug-in declares such a command
     */
    Optional<String> sentence(String command, String scope) {
        return plugins.get().stream()
                .filter(plugin -> !(plugin.state() instanceof PluginState.Active))
                .filter(plugin -> bundles.get().stream()
                        .filter(bundle -> plugin.id().name().equals(bundle.getSymbolicName()))
                        .anyMatch(bundle -> scopes(bundle).anyMatch(scope::equals)))
                .findFirst()
                .map(plugin ->
                        command + " is a command of plug-in " + plugin.id().name() + ", which is "
                                + plugin.state().word() + " now"
                                + (plugin.reason().isEmpty() ? "." : ": " + plugin.reason()));
    }

    private static Stream<String> scopes(Bundle bundle) {
        try {
            return declared(bundle);
        } catch (IllegalStateException uninstalled) {
            LOG.debug("Bundle {} is gone.", bundle, uninstalled);
            return Stream.empty();
        }
    }

    private static Stream<String> declared(Bundle bundle) {
        String declared = bundle.getHeaders("").get("Service-Component");
        return Arrays.stream(Objects.requireNonNullElse(declared, "").split(","))
                .map(String::strip)
                .filter(path -> !path.isEmpty())
                .map(bundle::getEntry)
                .filter(Objects::nonNull)
                .toList()
                .stream()
                .flatMap(IdleCommands::scopes);
    }

    private static Stream<String> scopes(URL component) {
        try (InputStream in = component.openStream()) {
            return PROPERTY
                    .matcher(new String(in.readAllBytes(), UTF_8))
                    .results()
                    .map(found -> found.group())
                    .filter(property -> SCOPE.matcher(property).find())
                    .map(VALUE::matcher)
                    .filter(Matcher::find)
                    .map(value -> value.group(1))
                    .toList()
                    .stream();
        } catch (IOException e) {
            LOG.debug("The component {} cannot be read.", component, e);
            return Stream.empty();
        }
    }
}
