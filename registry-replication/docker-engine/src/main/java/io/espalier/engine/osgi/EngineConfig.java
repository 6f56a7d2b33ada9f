package io.espalier.engine.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** {@code etc/docker.engine.json}; {@code $_$} in a name stands for a hyphen in its key. */
@ObjectClassDefinition(
        id = EngineConfig.PID,
        name = "Docker engine",
        description =
                "Which images are loaded into this machine's Docker engine, tested, and judged before their release")
public @interface EngineConfig {
    String PID = "docker.engine";

    @AttributeDefinition(description = "Unix socket of the engine.")
    String socket() default "/var/run/docker.sock";

    @AttributeDefinition(
            description = "What is done with an image that arrived at this node: off, load, test or load-and-test.")
    String arrivals() default "off";

    @AttributeDefinition(
            description = "At the master: replicate only what starts here and stays up, or passes its test command.")
    boolean gate() default false;

    @AttributeDefinition(
            required = false,
            description =
                    "Globs of repositories that are loaded, tested and judged, excluded with ! before it; empty for all.")
    String[] repositories() default {};

    @AttributeDefinition(
            required = false,
            description = "GLOB=COMMAND for repositories, the first that matches; the command must end with code 0.")
    String[] commands() default {};

    @AttributeDefinition(description = "How long an image without HEALTHCHECK must run.", min = "0")
    int stay$_$up$_$seconds() default 10;

    @AttributeDefinition(description = "How long a test may take; not less than stay-up-seconds.", min = "1")
    int time$_$limit$_$seconds() default 120;

    @AttributeDefinition(description = "Memory of a container under test.", min = "6291456")
    long memory$_$bytes() default 512L << 20;

    @AttributeDefinition(description = "Processors of a container under test, as 0.5.")
    double cpus() default 1;

    @AttributeDefinition(description = "Processes and threads of a container under test.", min = "1")
    int pids() default 256;

    @AttributeDefinition(description = "Network of a container under test: none, bridge, or one of the engine's.")
    String network() default "none";

    @AttributeDefinition(description = "Whether the file system of a container under test cannot be written to.")
    boolean read$_$only() default false;

    @AttributeDefinition(description = "Tests that run at once.", min = "1", max = "32")
    int parallel$_$tests() default 4;

    @AttributeDefinition(description = "Logs that are kept, the newest.", min = "1")
    int keep$_$logs() default 100;

    @AttributeDefinition(
            required = false,
            description =
                    "HOST:PORT under which the engine reaches the node's registry; empty for that of registry-url.")
    String registry$_$host() default "";
}
