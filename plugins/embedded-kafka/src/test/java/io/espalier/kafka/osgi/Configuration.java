package io.espalier.kafka.osgi;

import java.lang.annotation.Annotation;

/** A configuration as the host would give it. */
// The annotation it stands for has an array.
@SuppressWarnings({"ArrayRecordComponent", "ImmutableAnnotationChecker"})
record Configuration(
        int port,
        String folder,
        String libraries,
        int heap$_$megabytes,
        String jvm$_$options,
        String[] broker$_$properties,
        int stop$_$seconds)
        implements EmbeddedKafkaConfiguration {
    static Configuration standard() {
        return new Configuration(9092, "", "", 128, "", new String[0], 10);
    }

    @Override
    public Class<? extends Annotation> annotationType() {
        return EmbeddedKafkaConfiguration.class;
    }
}
