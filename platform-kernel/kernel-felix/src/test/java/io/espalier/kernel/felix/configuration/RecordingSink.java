package io.espalier.kernel.felix.configuration;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A Configuration Admin that shows what is in force. */
final class RecordingSink implements ConfigurationSink {
    final Map<String, Map<String, Object>> inForce = new HashMap<>();
    Consumer<String> whenPut = name -> {};
    int deletions;

    @Override
    public void put(ConfigurationName name, Map<String, Object> values) {
        inForce.put(name.toString(), values);
        whenPut.accept(name.toString());
    }

    @Override
    public void delete(ConfigurationName name) {
        inForce.remove(name.toString());
        deletions++;
    }

    @Override
    public void retain(Set<ConfigurationName> wanted) {
        inForce.keySet()
                .retainAll(wanted.stream().map(ConfigurationName::toString).toList());
    }
}
