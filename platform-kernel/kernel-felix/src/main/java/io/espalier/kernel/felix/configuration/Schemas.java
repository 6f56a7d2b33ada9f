package io.espalier.kernel.felix.configuration;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.config.ConfigSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.MetaTypeInformation;
import org.osgi.service.metatype.MetaTypeService;
import org.osgi.service.metatype.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What plug-ins declare by Metatype, by PID, together with what the kernel declares for itself. Safe for many threads. */
public final class Schemas {
    private static final Logger LOG = LoggerFactory.getLogger(Schemas.class);

    private final Supplier<@Nullable MetaTypeService> metatypes;
    private final Map<String, Declared> byPid = new ConcurrentHashMap<>();

    /**
     * @param owner null for the kernel
     * @param factory whether each configuration of the PID makes a component of its own
     */
    private record Declared(
            @Nullable Bundle owner, boolean factory, ConfigSchema schema, Map<String, AttributeDefinition> attributes) {
        boolean gone() {
            return owner != null && owner.getState() == Bundle.UNINSTALLED;
        }
    }

    /**
     * Knows nothing yet.
     *
     * @param metatypes gives null while there is no Metatype service
     */
    public Schemas(Supplier<@Nullable MetaTypeService> metatypes) {
        this.metatypes = requireNonNull(metatypes, "metatypes is null");
    }

    /** Declares a PID of the kernel itself. */
    public void add(String pid, ConfigSchema schema) {
        byPid.put(pid, new Declared(null, false, schema, Map.of()));
    }

    /**
     * Reads what a resolved bundle declares.
     *
     * @return whether it declares anything
     */
    public boolean read(Bundle bundle) {
        MetaTypeService service = metatypes.get();
        MetaTypeInformation found = service == null ? null : service.getMetaTypeInformation(bundle);
        if (found == null) {
            return false;
        }
        List<String> pids = new ArrayList<>(List.of(found.getPids()));
        List<String> factories = List.of(found.getFactoryPids());
        pids.addAll(factories);
        for (String pid : pids) {
            try {
                ObjectClassDefinition definition = found.getObjectClassDefinition(pid, null);
                byPid.put(
                        pid,
                        new Declared(
                                bundle,
                                factories.contains(pid),
                                MetatypeSchema.of(definition),
                                MetatypeSchema.attributes(definition)));
            } catch (RuntimeException e) {
                LOG.warn("The Metatype of {} in {} cannot be read: {}", pid, bundle.getSymbolicName(), e.toString());
            }
        }
        return !pids.isEmpty();
    }

    Optional<ConfigSchema> find(String pid) {
        return declared(pid).map(Declared::schema);
    }

    /** What the declaration's own validation says against accepted values, such as bounds. */
    List<String> invalid(String pid, Map<String, Object> values) {
        return declared(pid)
                .map(found -> MetatypeSchema.invalid(pid, found.attributes(), values))
                .orElse(List.of());
    }

    /** Whether the kernel itself declares the PID; it reads its configuration at its start only. */
    boolean isKernels(String pid) {
        return declared(pid).filter(found -> found.owner() == null).isPresent();
    }

    /** Every PID that somebody declares now. */
    Collection<String> pids() {
        byPid.values().removeIf(Declared::gone);
        return new TreeSet<>(byPid.keySet());
    }

    /** Those of which there is one configuration at most. */
    Collection<String> singlePids() {
        Collection<String> single = pids();
        single.removeIf(pid -> declared(pid).map(Declared::factory).orElse(true));
        return single;
    }

    /** Those among them that the bundle declares. */
    Collection<String> singlePids(Bundle owner) {
        Collection<String> own = singlePids();
        own.removeIf(pid ->
                declared(pid).filter(found -> owner.equals(found.owner())).isEmpty());
        return own;
    }

    private Optional<Declared> declared(String pid) {
        return Optional.ofNullable(byPid.get(pid)).filter(found -> !found.gone());
    }
}
