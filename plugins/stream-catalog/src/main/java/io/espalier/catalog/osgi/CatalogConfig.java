package io.espalier.catalog.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration {@code stream.catalog}. */
@ObjectClassDefinition(
        id = "stream.catalog",
        name = "Stream catalog",
        description = "Stream definitions: where they are kept and where they are edited")
public @interface CatalogConfig {
    @AttributeDefinition(name = "Host", description = "Address of the REST door")
    String host() default "127.0.0.1";

    @AttributeDefinition(
            name = "Port",
            description = "Port of the REST door; 0 takes any free one",
            min = "0",
            max = "65535")
    int port() default 8481;

    @AttributeDefinition(
            name = "Database",
            description = "JDBC URL of the database; empty for the H2 file 'catalog' in the data folder",
            required = false)
    String url() default "";

    @AttributeDefinition(
            name = "Replication factor",
            description = "Replicas of new topics; -1 for the cluster's default",
            min = "-1",
            max = "32767")
    int replication$_$factor() default -1;

    @AttributeDefinition(
            name = "Kafka time limit",
            description = "Milliseconds that one operation on the cluster may take",
            min = "100",
            max = "60000")
    int kafka$_$timeout$_$millis() default 4000;

    @AttributeDefinition(
            name = "Changes at once",
            description = "Creates, updates and deletes by REST that run or wait at most; more are pushed back",
            min = "1",
            max = "1000")
    int max$_$changes() default 16;
}
