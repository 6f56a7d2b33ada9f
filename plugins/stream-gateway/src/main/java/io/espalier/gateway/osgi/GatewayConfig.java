package io.espalier.gateway.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** {@code etc/stream.gateway.json}. */
@ObjectClassDefinition(name = "Stream gateway", description = "HTTP report requests in, Kafka records out.")
public @interface GatewayConfig {
    String PID = "stream.gateway";

    @AttributeDefinition(description = "Address to listen on.")
    String host() default "127.0.0.1";

    @AttributeDefinition(description = "Port to listen on; 0 takes any free one.", min = "0", max = "65535")
    int port() default 8480;

    @AttributeDefinition(description = "Name of this gateway in the identity that it gives to records without one.")
    String id() default "1";

    @AttributeDefinition(description = "Requests that may wait in one stream's queue.", min = "1", max = "1000000")
    int queue$_$requests() default 256;

    @AttributeDefinition(
            description = "Bytes that one stream's requests may hold, from being read until they are settled.",
            min = "1024")
    long queue$_$bytes() default 8 << 20;

    @AttributeDefinition(
            description = "Bytes that the requests of all streams may hold together; at least queue-bytes.",
            min = "1024")
    long total$_$bytes() default 64 << 20;

    @AttributeDefinition(
            description = "What a pushed-back sender is told to wait, in seconds.",
            min = "1",
            max = "3600")
    int retry$_$after$_$seconds() default 1;

    @AttributeDefinition(description = "Largest report in bytes, uncompressed.", min = "1024", max = "67108864")
    int max$_$report$_$bytes() default 4 << 20;

    @AttributeDefinition(description = "Bytes of one stream handed to Kafka and not yet acknowledged.", min = "1024")
    long in$_$flight$_$bytes() default 4 << 20;

    @AttributeDefinition(
            description = "Seconds after which the outcome of an unacknowledged record counts as unknown.",
            min = "2",
            max = "600")
    int delivery$_$timeout$_$seconds() default 30;

    @AttributeDefinition(description = "Seconds after which a request is answered in any case.", min = "1", max = "900")
    int request$_$timeout$_$seconds() default 45;

    @AttributeDefinition(description = "Seconds without traffic after which a stream's producer is closed.", min = "1")
    int idle$_$producer$_$close$_$seconds() default 60;

    @AttributeDefinition(description = "Compression of records in Kafka: none, lz4, zstd, snappy or gzip.")
    String compression() default "lz4";

    @AttributeDefinition(description = "Threads that serve connections.", min = "1", max = "64")
    int event$_$loops() default 2;
}
