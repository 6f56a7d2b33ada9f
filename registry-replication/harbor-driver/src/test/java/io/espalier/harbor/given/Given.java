package io.espalier.harbor.given;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.espalier.harbor.call.Patience;
import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.node.HarborEdge;
import io.espalier.harbor.node.HarborNode;
import io.espalier.harbor.run.CarriedImage;
import io.espalier.harbor.run.RunSettings;
import io.espalier.testkit.harbor.HarborDouble;
import io.espalier.testkit.harbor.HarborUnderTest;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.SampleImage;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What tests have in common. */
public final class Given {
    public static final String CLUSTER = "espalier test";

    /** Waits that a double can keep. */
    public static final Patience PATIENCE =
            new Patience(4, Duration.ofMillis(20), Duration.ofMillis(1_700), Duration.ofSeconds(5));

    public static final RunSettings RUN = new RunSettings(
            Duration.ofMillis(20), Duration.ofSeconds(20), Duration.ofSeconds(60), 2, Duration.ofMillis(50));

    private Given() {}

    public static HarborNode node(String name, HarborUnderTest harbor) {
        return HarborNode.of(name, harbor.uri(), harbor.user(), harbor.password());
    }

    public static HarborNode node(String name, HarborDouble harbor) {
        return HarborNode.of(name, harbor.uri(), harbor.user(), harbor.password());
    }

    public static HarborEdge edge(HarborNode parent, HarborNode child) {
        return new HarborEdge(parent, child);
    }

    public static ImagePusher pusher(HarborDouble harbor) {
        return ImagePusher.to(harbor.uri()).as(harbor.user(), harbor.password());
    }

    public static ImagePusher pusher(HarborUnderTest harbor) {
        return ImagePusher.to(harbor.uri()).as(harbor.user(), harbor.password());
    }

    public static CarriedImage image(String repository, SampleImage image, String... tags) {
        return new CarriedImage(repository, image.digest(), List.of(tags));
    }

    /** That it fails in this way; the sentence. */
    public static String failure(HarborTrouble trouble, ThrowingCallable call) {
        HarborException failed = catchThrowableOfType(HarborException.class, call);
        assertThat(failed).as("a failure").isNotNull();
        assertThat(failed.trouble()).as(failed.sentence()).isEqualTo(trouble);
        assertThat(failed.sentence()).endsWith(".");
        return failed.sentence();
    }
}
