package io.espalier.replication.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration {@code replication.harbor}; {@code $_$} in a name stands for a hyphen in its key. */
@ObjectClassDefinition(
        id = HarborConfig.PID,
        name = "Replication by Harbor",
        description = "Harbors that replicate along a tree by their own means")
public @interface HarborConfig {
    String PID = "replication.harbor";

    @AttributeDefinition(
            name = "Harbors",
            description =
                    "name=NAME url=URL user=USER secret=SECRET [site=SITE] [ca-file=FILE] [insecure=true], the root"
                            + " first; secrets as relay:seal gives them",
            type = AttributeType.PASSWORD,
            required = false)
    String[] harbors() default {};

    @AttributeDefinition(
            name = "Cluster",
            description = "By this name Harbors that several clusters share tell what is whose")
    String cluster() default "espalier";

    @AttributeDefinition(
            name = "Webhook token",
            description = "What the webhooks of the root show as their auth header; empty refuses all webhooks",
            type = AttributeType.PASSWORD,
            required = false)
    String webhook$_$token() default "";

    @AttributeDefinition(
            name = "Automatic",
            description = "Whether a push that a webhook tells of is carried down the tree at once")
    boolean automatic() default true;

    @AttributeDefinition(
            name = "Labels",
            description =
                    "Labels of Harbor that an image must have at the root to be carried, each of them; empty for none",
            required = false)
    String[] labels() default {};

    @AttributeDefinition(
            name = "Labels excluded",
            description = "Labels of Harbor of which an image must have none at the root to be carried; empty for none",
            required = false)
    String[] labels$_$excluded() default {};

    @AttributeDefinition(
            name = "Copy by chunk",
            description = "Whether large blobs are copied in chunks, where both Harbors can (2.7 and later)")
    boolean copy$_$by$_$chunk() default false;

    @AttributeDefinition(
            name = "Speed limit",
            description = "Most kilobytes a second of one repository on its way; 0 for no limit",
            min = "0")
    int kilobytes$_$per$_$second() default 0;
}
