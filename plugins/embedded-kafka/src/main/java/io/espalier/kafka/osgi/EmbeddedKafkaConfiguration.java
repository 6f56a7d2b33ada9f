package io.espalier.kafka.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The keys of {@code etc/kafka.embedded.json}. */
@ObjectClassDefinition(
        id = EmbeddedKafkaConfiguration.PID,
        name = "Embedded Kafka",
        description = "A Kafka broker of this machine in a supervised child process")
@interface EmbeddedKafkaConfiguration {
    String PID = "kafka.embedded";

    @AttributeDefinition(name = "Port", description = "The loopback port for clients", min = "1", max = "65535")
    int port() default 9092;

    @AttributeDefinition(
            name = "Folder",
            description = "Where the broker keeps its data; empty stands for 'kafka' in the kernel's data folder",
            required = false)
    String folder() default "";

    @AttributeDefinition(
            name = "Libraries",
            description = "The folder with the broker's jars; empty stands for 'lib/kafka' in the kernel's home",
            required = false)
    String libraries() default "";

    @AttributeDefinition(
            name = "Heap in megabytes",
            description = "The heap of the child process; the whole process takes some 60 MB more",
            min = "64",
            max = "65536")
    int heap$_$megabytes() default 128;

    @AttributeDefinition(
            name = "JVM options",
            description = "More options for the child's JVM, separated by blanks; they win over the built-in ones",
            required = false)
    String jvm$_$options() default "";

    @AttributeDefinition(
            name = "Broker properties",
            description = "Settings of Kafka's server.properties, each as name=value; they win over the built-in ones",
            required = false)
    String[] broker$_$properties() default {};

    @AttributeDefinition(
            name = "Stop seconds",
            description = "How long the broker may take to stop in order before it is killed; less than the kernel's"
                    + " stop-budget-seconds",
            min = "1",
            max = "300")
    int stop$_$seconds() default 4;
}
