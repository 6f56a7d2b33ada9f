package io.espalier.relay.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** {@code etc/image.relay.json}. */
@ObjectClassDefinition(
        id = RelayConfig.PID,
        name = "Image relay",
        description =
                "This node's part in the replication of images: its registry, its master, its place in the network")
public @interface RelayConfig {
    String PID = "image.relay";

    @AttributeDefinition(
            required = false,
            description = "Name of the node, unique in the cluster; empty for the host's.")
    String name() default "";

    @AttributeDefinition(
            required = false,
            description = "Own domain name, under which other nodes reach this one; empty for the machine's.")
    String host() default "";

    @AttributeDefinition(
            required = false,
            description = "Address to listen on; empty for 127.0.0.1 when the host is this machine alone, else all.")
    String bind() default "";

    @AttributeDefinition(description = "Port of the relay's door; 0 takes any free one.", min = "0", max = "65535")
    int port() default 8490;

    @AttributeDefinition(
            required = false,
            description = "The master's door, as HOST:PORT; empty when this node is the master.")
    String master() default "";

    @AttributeDefinition(
            required = false,
            type = AttributeType.PASSWORD,
            description = "Join token that the master gave out; needed until the node has joined.")
    String join$_$token() default "";

    @AttributeDefinition(required = false, description = "Label for where the node stands, as a data centre.")
    String site() default "";

    @AttributeDefinition(
            description = "Address of the node's registry, as https://registry:5000, or embedded for a store within.")
    String registry$_$url() default "http://127.0.0.1:5000";

    @AttributeDefinition(required = false, description = "User at the registry; empty for none.")
    String registry$_$user() default "";

    @AttributeDefinition(
            required = false,
            type = AttributeType.PASSWORD,
            description = "Password at the registry, best sealed with the command relay:seal.")
    String registry$_$password() default "";

    @AttributeDefinition(
            required = false,
            description = "PEM file with certificate authorities of the registry that the system does not know.")
    String registry$_$ca$_$file() default "";

    @AttributeDefinition(
            required = false,
            description = "Hosts whose registry may be reached without TLS, besides this machine.")
    String[] registry$_$insecure$_$http() default {};

    @AttributeDefinition(
            description = "Port from which images of the embedded store are pulled; 0 takes any free one.",
            min = "0",
            max = "65535")
    int store$_$port() default 5000;

    @AttributeDefinition(
            required = false,
            description = "Address that the embedded store's door listens on, without TLS; empty for 127.0.0.1.")
    String store$_$bind() default "";

    @AttributeDefinition(description = "Most bytes of the embedded store.", min = "16777216")
    long store$_$bytes() default 50L << 30;

    @AttributeDefinition(
            description = "Most bytes of the spool; at least the largest layer, best the largest image.",
            min = "16777216")
    long spool$_$bytes() default 20L << 30;

    @AttributeDefinition(
            description = "Most bytes a second that the node sends to its children together; 0 for no limit.",
            min = "0")
    long uplink$_$bytes$_$per$_$second() default 0;

    @AttributeDefinition(
            description = "Most nodes that get images from this one directly; 0 for none, -1 for no limit.",
            min = "-1")
    int max$_$children() default -1;

    @AttributeDefinition(
            description = "Talk to other nodes without TLS, as every node of the cluster must then; for trials only.")
    boolean insecure$_$plain$_$http() default false;
}
