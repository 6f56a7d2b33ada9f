package io.espalier.replication.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration {@code replication.controller}; {@code $_$} in a name stands for a hyphen in its key. */
@ObjectClassDefinition(
        id = ControllerConfig.PID,
        name = "Replication controller",
        description = "The master: who belongs to the cluster, which tree images take, which images are replicated")
public @interface ControllerConfig {
    String PID = "replication.controller";

    @AttributeDefinition(
            name = "Host",
            description =
                    "Address of the REST door; it asks for no password, so one that others reach needs insecure-open-rest too")
    String host() default "127.0.0.1";

    @AttributeDefinition(
            name = "Open the REST door",
            description = "Whether the REST door, which asks for no password, may be reached from other machines")
    boolean insecure$_$open$_$rest() default false;

    @AttributeDefinition(
            name = "Port",
            description = "Port of the REST door; 0 takes any free one",
            min = "0",
            max = "65535")
    int port() default 8491;

    @AttributeDefinition(
            name = "Database",
            description =
                    "JDBC URL of the database, jdbc:postgresql:, jdbc:mariadb:, jdbc:mysql: or jdbc:h2:; empty for the H2"
                            + " file 'replication' in the data folder",
            required = false)
    String url() default "";

    @AttributeDefinition(name = "Database user", description = "Who asks at the database", required = false)
    String user() default "";

    @AttributeDefinition(
            name = "Database password",
            description = "Plain, or as the command relay:seal prints it",
            type = AttributeType.PASSWORD,
            required = false)
    String password() default "";

    @AttributeDefinition(name = "Cluster", description = "Name of the cluster, as it stands in its certificates")
    String cluster() default "espalier";

    @AttributeDefinition(name = "Planner", description = "Who makes the trees: planned or greedy")
    String planner() default "planned";

    @AttributeDefinition(name = "Greedy rule", description = "Whom a node takes in the greedy tree: best-group or k=N")
    String greedy$_$rule() default "best-group";

    @AttributeDefinition(
            name = "Default uplink",
            description = "Bytes a second up and down of a node of which nothing is known",
            min = "1000")
    long default$_$uplink$_$bytes$_$per$_$second() default 12_500_000;

    @AttributeDefinition(
            name = "Gain of a new tree",
            description = "Percent by which a new tree must be predicted to be faster before it replaces the old one",
            min = "0",
            max = "99")
    int replan$_$gain$_$percent() default 15;

    @AttributeDefinition(
            name = "Stripes",
            description =
                    "Most trees that share an image where that is clearly faster and sends no more between regions; 1 for one"
                            + " tree always. Only planner 'planned' makes several",
            min = "1",
            max = "16")
    int stripes() default 8;

    @AttributeDefinition(
            name = "Repositories",
            description = "Globs of repositories that are replicated, excluded with ! before it; empty for all",
            required = false)
    String[] repositories() default {};

    @AttributeDefinition(
            name = "Tags",
            description = "Globs of tags that are replicated, excluded with ! before it; empty for all",
            required = false)
    String[] tags() default {};

    @AttributeDefinition(
            name = "Platforms",
            description = "Platforms of an index that are sent, as linux/amd64; empty for all",
            required = false)
    String[] platforms() default {};

    @AttributeDefinition(
            name = "Poll",
            description = "Seconds between two looks at the master's registry; 0 for never",
            min = "0")
    int poll$_$seconds() default 60;

    @AttributeDefinition(
            name = "Schedule",
            description = "When the master's registry is looked at besides: five fields as cron's; empty for never",
            required = false)
    String schedule() default "";

    @AttributeDefinition(
            name = "Notification token",
            description = "What the registry must send with its notifications; empty to take all",
            type = AttributeType.PASSWORD,
            required = false)
    String notification$_$token() default "";

    @AttributeDefinition(
            name = "Backfill",
            description = "What a node gets that joins or returns: all, current or none")
    String backfill() default "current";

    @AttributeDefinition(
            name = "Chunk size",
            description = "Bytes of a chunk, 65536 to 1048576; 0 for 256 KiB below 1 GiB and 1 MiB above",
            min = "0",
            max = "1048576")
    int chunk$_$bytes() default 0;

    @AttributeDefinition(
            name = "Priorities",
            description = "GLOB=1..10 for repositories, the first that matches; 5 when none does",
            required = false)
    String[] priorities() default {};

    @AttributeDefinition(
            name = "Link limit",
            description = "Most bytes a second that one link carries of one image; 0 for no limit",
            min = "0")
    long link$_$bytes$_$per$_$second() default 0;

    @AttributeDefinition(
            name = "Windows",
            description =
                    "When nodes take images: NAME=22:00-06:00 with days as mon-fri and a zone as Europe/Berlin if need be; NAME is a"
                            + " glob of nodes or sites; empty for always",
            required = false)
    String[] windows() default {};

    @AttributeDefinition(
            name = "Windows above",
            description = "Bytes of an image up to which it does not wait for windows; 0 when all wait",
            min = "0")
    long window$_$above$_$bytes() default 0;

    @AttributeDefinition(
            name = "Windows do not hold",
            description = "Globs of repositories whose images do not wait for windows; empty for none",
            required = false)
    String[] window$_$exempt() default {};

    @AttributeDefinition(
            name = "Newest to keep",
            description =
                    "For image:retention, which only lists: the newest tags of a repository that are to be kept; 0 for none",
            min = "0")
    int keep$_$newest() default 0;

    @AttributeDefinition(
            name = "Days to keep",
            description =
                    "For image:retention, which only lists: tags that changed within so many days are to be kept; 0 for none",
            min = "0")
    int keep$_$days() default 0;

    @AttributeDefinition(
            name = "Deletes",
            description =
                    "What nodes do about an image that is gone from the master's registry: keep it, untag it, or delete it")
    String deletes() default "keep";

    @AttributeDefinition(
            name = "Repositories of deletes",
            description =
                    "Globs of repositories in which nodes follow deletes, excluded with ! before it; empty for all",
            required = false)
    String[] delete$_$repositories() default {};

    @AttributeDefinition(
            name = "Delete after",
            description = "Minutes for which an image must be gone before nodes are told; until then it may come back",
            min = "0",
            max = "527040")
    int delete$_$after$_$minutes() default 1440;

    @AttributeDefinition(
            name = "Most deletes",
            description = "Percent of all images that may go at once; more, and more than 20, are held for an operator",
            min = "0",
            max = "100")
    int delete$_$most$_$percent() default 10;

    @AttributeDefinition(
            name = "Release gate",
            description =
                    "if-present: images wait for a gate where there was one; required: always; off: no gate is asked")
    String release$_$gate() default "if-present";

    @AttributeDefinition(
            name = "Measure again",
            description = "Minutes after which all nodes ping each other again; 0 for never",
            min = "0")
    int measure$_$every$_$minutes() default 60;

    @AttributeDefinition(
            name = "Life of a permission",
            description = "Seconds for which a permission holds that a node was granted",
            min = "1",
            max = "300")
    int permission$_$seconds() default 60;

    @AttributeDefinition(
            name = "Age of the audit",
            description = "Days after which requests of nodes are forgotten",
            min = "1")
    int audit$_$days() default 90;

    @AttributeDefinition(
            name = "Size of the audit",
            description = "About so many requests of nodes are kept, the latest",
            min = "100")
    int audit$_$rows() default 10_000;
}
