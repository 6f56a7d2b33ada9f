package io.espalier.collector.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration of PID {@code stream.collector}; {@code $_$} in a name stands for a hyphen in its key. */
@ObjectClassDefinition(
        id = "stream.collector",
        name = "Stream collector",
        description = "Tails files into isolated streams and reports them to the gateway.")
public @interface CollectorConfig {
    @AttributeDefinition(
            name = "Agent id",
            description =
                    "Names this collector in every record; one of its own for each collector. Empty: the host's name.")
    String agent$_$id() default "";

    @AttributeDefinition(
            name = "Sources",
            description = "stream=files, as demo.clock.tick=/var/log/clock/*.log; or with a stream for each file name,"
                    + " host.log.{file}=/var/log/**/*.log")
    String[] sources() default {};

    @AttributeDefinition(name = "Gateway", description = "The gateway's address.")
    String gateway() default "http://127.0.0.1:8480";

    @AttributeDefinition(name = "Catalog", description = "The stream catalog's address.")
    String catalog() default "http://127.0.0.1:8481";

    @AttributeDefinition(
            name = "Create streams",
            description = "Whether streams that the gateway does not know are created.")
    boolean create$_$streams() default true;

    @AttributeDefinition(name = "Terminals", description = "Where streams go that are created.")
    String[] terminals() default {"file"};

    @AttributeDefinition(
            name = "Data folder",
            description =
                    "Where checkpoints and refused records are kept. Empty: collector below the platform's data folder.")
    String data$_$folder() default "";

    @AttributeDefinition(
            name = "Start at",
            description = "Where to start in files that are there at the very first start: beginning or end.")
    String start$_$at() default "beginning";

    @AttributeDefinition(name = "Batch records", description = "The most records in a report.")
    int batch$_$records() default 1000;

    @AttributeDefinition(name = "Batch bytes", description = "The most payload bytes in a report.")
    int batch$_$bytes() default 262144;

    @AttributeDefinition(
            name = "Linger",
            description = "How long a record waits for others to go with it, in milliseconds.")
    int linger$_$ms() default 100;

    @AttributeDefinition(
            name = "Request timeout",
            description = "How long an answer is waited for before a report is sent again, in milliseconds.")
    int request$_$timeout$_$ms() default 30000;

    @AttributeDefinition(
            name = "Longest record",
            description = "In bytes; a longer line is cut into several records. At most the stream's max-record-bytes.")
    int max$_$record$_$bytes() default 262144;

    @AttributeDefinition(name = "Streams", description = "How many streams are collected at most.")
    int max$_$streams() default 256;

    @AttributeDefinition(name = "Files", description = "How many files a stream and a source have at most.")
    int max$_$files() default 4096;

    @AttributeDefinition(name = "Poll", description = "How often a file is looked at for new lines, in milliseconds.")
    int poll$_$ms() default 50;

    @AttributeDefinition(name = "Watch", description = "How often a path is looked at for rotation, in milliseconds.")
    int watch$_$ms() default 200;

    @AttributeDefinition(name = "Rescan", description = "How often new files are searched for, in milliseconds.")
    int rescan$_$ms() default 1000;

    @AttributeDefinition(
            name = "Grace",
            description = "How long a renamed or deleted file must be silent before it is let go, in milliseconds.")
    int grace$_$ms() default 10000;

    @AttributeDefinition(
            name = "Checkpoint interval",
            description = "How often a stream's checkpoint is saved at most, in milliseconds.")
    int checkpoint$_$interval$_$ms() default 500;

    @AttributeDefinition(
            name = "Generated stream",
            description =
                    "A stream that the collector feeds itself, for demonstrations, as demo.clock.tick. Empty: none.")
    String generate$_$stream() default "";

    @AttributeDefinition(name = "Generated lines", description = "Lines a second of the generated stream.")
    int generate$_$rate() default 100;
}
