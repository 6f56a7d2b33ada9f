package io.espalier.file.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The keys of {@code etc/file.terminal.json}. */
@ObjectClassDefinition(
        id = FileTerminalConfiguration.PID,
        name = "File terminal",
        description = "Where streams are written as files, and when a file becomes visible")
@interface FileTerminalConfiguration {
    String PID = "file.terminal";

    @AttributeDefinition(
            name = "Folder",
            description = "Below it each stream has a folder; empty stands for 'files' in the kernel's data folder",
            required = false)
    String folder() default "";

    @AttributeDefinition(
            name = "Roll seconds",
            description = "A file becomes visible at most this long after its first record was written",
            min = "1",
            max = "86400")
    int roll$_$seconds() default 60;

    @AttributeDefinition(
            name = "Roll bytes",
            description = "A file becomes visible when it has at least this size",
            min = "1024")
    long roll$_$bytes() default 67_108_864;

    @AttributeDefinition(
            name = "Fetch bytes",
            description = "The most that one fetch of one stream brings; a stream holds about twice that in memory",
            min = "16384",
            max = "67108864")
    int fetch$_$bytes() default 262_144;

    @AttributeDefinition(
            name = "Most streams",
            description = "Streams beyond this number are not written; each costs a thread, a connection and memory",
            min = "1",
            max = "10000")
    int max$_$streams() default 512;

    @AttributeDefinition(
            name = "Stop seconds",
            description = "How long the terminal may take to publish its files and to end its threads",
            min = "1",
            max = "300")
    int stop$_$seconds() default 4;
}
