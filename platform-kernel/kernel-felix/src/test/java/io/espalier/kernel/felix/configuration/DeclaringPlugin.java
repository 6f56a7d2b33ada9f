package io.espalier.kernel.felix.configuration;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.MetaTypeInformation;
import org.osgi.service.metatype.MetaTypeService;
import org.osgi.service.metatype.ObjectClassDefinition;

/**
 * A plug-in that declares one PID with optional keys, all of them text.
 *
 * @param metatypes the service that tells of it
 */
record DeclaringPlugin(Bundle bundle, MetaTypeService metatypes) {
    static DeclaringPlugin of(String pid, String... keys) {
        Bundle bundle = answering(Bundle.class, Map.of("getState", Bundle.RESOLVED, "getSymbolicName", pid));
        AttributeDefinition[] attributes =
                Stream.of(keys).map(DeclaringPlugin::attribute).toArray(AttributeDefinition[]::new);
        ObjectClassDefinition definition =
                answering(ObjectClassDefinition.class, Map.of("getAttributeDefinitions", attributes));
        MetaTypeInformation information = answering(
                MetaTypeInformation.class,
                Map.of(
                        "getPids",
                        new String[] {pid},
                        "getFactoryPids",
                        new String[0],
                        "getObjectClassDefinition",
                        definition));
        return new DeclaringPlugin(
                bundle, answering(MetaTypeService.class, Map.of("getMetaTypeInformation", information)));
    }

    private static AttributeDefinition attribute(String key) {
        return answering(
                AttributeDefinition.class,
                Map.of(
                        "getID",
                        key,
                        "getType",
                        AttributeDefinition.STRING,
                        "getCardinality",
                        0,
                        "getDescription",
                        "",
                        "getOptionValues",
                        new String[0],
                        "getDefaultValue",
                        new String[0],
                        "validate",
                        ""));
    }

    private static Object keys(AttributeDefinition[] optional, int filter) {
        return filter == ObjectClassDefinition.REQUIRED ? new AttributeDefinition[0] : optional;
    }

    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    case "toString" -> type.getSimpleName();
                    default -> {
                        Object answer =
                                requireNonNull(answers.get(method.getName()), method.getName() + " has no answer");
                        yield answer instanceof AttributeDefinition[] optional
                                ? keys(optional, (Integer) arguments[0])
                                : answer;
                    }
                }));
    }
}
