package io.espalier.replication.rest.images;

import static java.util.Objects.requireNonNull;

import io.espalier.http.HttpFault;
import io.espalier.http.JsonBody;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.rest.Blocking;
import io.espalier.replication.transfer.DeepVerification;
import io.espalier.replication.transfer.Replication;
import io.espalier.replication.transfer.TransferView;
import io.espalier.replication.trigger.Notifications;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/images}, {@code /v1/transfers} and {@code /v1/notifications} of the controller's door. Repositories have slashes, so an
 * image is named by the query parameters {@code repository} and {@code tag}.
 */
public final class ImageRoutes {
    private static final int MAX_TEXT_CHARS = 4_096;
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;
    private static final int VERIFIED_AT_ONCE = 2;
    private static final Duration VERIFY_LIMIT = Duration.ofSeconds(60);
    /** Far less than the time after which a door or a proxy takes a connection for dead. */
    private static final Duration SPACE_EVERY = Duration.ofSeconds(10);

    private final Replication replication;
    private final Notifications notifications;
    private final Blocking blocking;
    /** Nodes may let an answer wait for a minute, so that more would take all of a door's four workers. */
    private final Blocking verifying = new Blocking(VERIFIED_AT_ONCE);

    private final DeepVerify deepVerify;
    private final JsonBody json = new JsonBody(MAX_TEXT_CHARS);

    public ImageRoutes(Replication replication, Notifications notifications, Blocking blocking) {
        this(replication, notifications, blocking, SPACE_EVERY);
    }

    ImageRoutes(Replication replication, Notifications notifications, Blocking blocking, Duration spaceEvery) {
        this.deepVerify = new DeepVerify(verifying, spaceEvery);
        this.blocking = requireNonNull(blocking, "blocking is null");
        this.replication = requireNonNull(replication, "replication is null");
        this.notifications = requireNonNull(notifications, "notifications is null");
    }

    /** Adds the routes to a door's router. */
    public void addTo(Router router) {
        router.get("/v1/images").handler(this::images);
        router.get("/v1/images/where").handler(this::where);
        router.post("/v1/images/push").handler(this::push);
        router.post("/v1/images/verify").handler(this::verify);
        router.get("/v1/transfers").handler(this::transfers);
        router.get("/v1/transfers/:id").handler(this::transfer);
        router.post("/v1/notifications").handler(this::notified);
    }

    private void images(RoutingContext ctx) {
        blocking.run(ctx, this::everyImage, answer -> json.answer(ctx, 200, answer));
    }

    private Map<String, Object> everyImage() {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("images", replication.images().stream().map(ImageJson::image).toList());
        Map<String, String> problems = new LinkedHashMap<>();
        replication.problems().forEach((image, sentence) -> problems.put(image.toString(), sentence));
        answer.put("problems", problems);
        return answer;
    }

    private void where(RoutingContext ctx) {
        ImageName name = name(ctx);
        blocking.run(ctx, () -> ImageJson.transfer(newest(name)), answer -> json.answer(ctx, 200, answer));
    }

    private void transfers(RoutingContext ctx) {
        int limit = limit(ctx);
        blocking.run(
                ctx,
                () -> replication.transfers(limit).stream()
                        .map(ImageJson::transfer)
                        .toList(),
                list -> json.answer(ctx, 200, Map.of("transfers", list)));
    }

    private void transfer(RoutingContext ctx) {
        String id = String.valueOf(ctx.pathParam("id"));
        blocking.run(
                ctx,
                () -> replication
                        .transfer(id)
                        .map(ImageJson::transfer)
                        .orElseThrow(() -> new HttpFault(
                                404, "NO_SUCH_TRANSFER", "There is no transfer with this id; see GET /v1/transfers.")),
                answer -> json.answer(ctx, 200, answer));
    }

    private void push(RoutingContext ctx) {
        PushRequest request = json.read(ctx, PushRequest.class);
        ImageName name = name(request.repository(), request.tag());
        Integer priority = request.priority();
        if (priority != null && (priority < 1 || priority > 10)) {
            throw new HttpFault(400, "WRONG_FIELD", "The field 'priority' is " + priority + "; use 1 to 10.");
        }
        boolean dryRun = Boolean.TRUE.equals(request.dryRun());
        OptionalInt weight = priority == null ? OptionalInt.empty() : OptionalInt.of(priority);
        blocking.run(
                ctx,
                () -> asked(() -> dryRun
                        ? ImageJson.preview(replication.preview(name))
                        : ImageJson.pushed(replication.push(name, weight), weight.isPresent())),
                answer -> json.answer(ctx, dryRun ? 200 : 202, answer));
    }

    private void verify(RoutingContext ctx) {
        VerifyRequest request = json.read(ctx, VerifyRequest.class);
        ImageName name = name(request.repository(), request.tag());
        Long rate = request.bytesPerSecond();
        if (Boolean.TRUE.equals(request.deep())) {
            deepVerify.run(
                    ctx,
                    rate == null ? DeepVerification.USUAL_BYTES_PER_SECOND : rate,
                    how -> json.write(ImageJson.deepVerdicts(asked(() -> replication.verifyDeep(name, how)))));
            return;
        }
        if (rate != null) {
            throw new HttpFault(
                    400,
                    "WRONG_FIELD",
                    "The field 'bytesPerSecond' is for a deep verification, which reads every byte; send \"deep\": true too.");
        }
        verifying.run(
                ctx,
                () -> asked(() -> replication.verify(name, VERIFY_LIMIT)).stream()
                        .map(ImageJson::verdict)
                        .toList(),
                list -> json.answer(ctx, 200, Map.of("nodes", list)));
    }

    /** A question about an image that may have no answer. */
    @FunctionalInterface
    private interface Question<T> {
        T ask() throws ImageException;
    }

    private static <T> T asked(Question<T> question) {
        try {
            return question.ask();
        } catch (ImageException e) {
            throw fault(e);
        }
    }

    private void notified(RoutingContext ctx) {
        Buffer body = ctx.body().buffer();
        try {
            byte[] bytes = body == null ? new byte[0] : body.getBytes();
            switch (notifications.receive(ctx.request().getHeader("Authorization"), bytes)) {
                case TAKEN -> ctx.response().setStatusCode(202).end();
                case FORBIDDEN ->
                    throw new HttpFault(
                            401,
                            "TOKEN_REFUSED",
                            "The notification's token is missing or wrong; send the setting notification-token as a bearer"
                                    + " token.");
                case BUSY ->
                    throw new HttpFault(
                                    503, "BUSY", "Too many changes wait already; send the notification again later.")
                            .header("Retry-After", "5");
            }
        } catch (IllegalArgumentException e) {
            throw new HttpFault(400, "MALFORMED_NOTIFICATION", String.valueOf(e.getMessage()));
        }
    }

    private TransferView newest(ImageName name) {
        return replication
                .newest(name)
                .orElseThrow(() -> new HttpFault(
                        404,
                        "NO_SUCH_IMAGE",
                        "Image " + name + " was never sent" + problem(name) + "; see GET /v1/images, or push it."));
    }

    private String problem(ImageName name) {
        String problem = replication.problems().get(name);
        return problem == null ? "" : " (" + problem + ")";
    }

    private static ImageName name(RoutingContext ctx) {
        return name(ctx.request().getParam("repository"), ctx.request().getParam("tag"));
    }

    private static ImageName name(@Nullable String repository, @Nullable String tag) {
        if (repository == null) {
            throw new HttpFault(400, "NO_REPOSITORY", "The request names no 'repository'; send it.");
        }
        try {
            return new ImageName(repository, tag == null ? "latest" : tag);
        } catch (IllegalArgumentException e) {
            throw new HttpFault(400, "WRONG_NAME", String.valueOf(e.getMessage()));
        }
    }

    private static int limit(RoutingContext ctx) {
        String text = ctx.request().getParam("limit");
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        if (!text.matches("[1-9]\\d{0,3}") || Integer.parseInt(text) > MAX_LIMIT) {
            throw new HttpFault(400, "WRONG_LIMIT", "The limit must be a number from 1 to " + MAX_LIMIT + ".");
        }
        return Integer.parseInt(text);
    }

    private static HttpFault fault(ImageException e) {
        return switch (e.code()) {
            case NOT_FOUND -> new HttpFault(404, "NO_SUCH_IMAGE", e.sentence());
            case REFUSED -> new HttpFault(422, "IMAGE_REFUSED", e.sentence());
            case UNREADABLE -> new HttpFault(502, "REGISTRY_TROUBLE", e.sentence());
        };
    }
}
