package io.espalier.kernel.felix.configuration;

import java.util.Map;
import java.util.Set;

/** Where configurations that passed their check go. */
interface ConfigurationSink {
    /** Brings the values into force; nothing happens when they are in force already. */
    void put(ConfigurationName name, Map<String, Object> values);

    /** Takes the configuration away; nothing happens when there is none. */
    void delete(ConfigurationName name);

    /** Takes away what an earlier run left and nobody wants any more. */
    void retain(Set<ConfigurationName> wanted);
}
