package io.espalier.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.stream.report.Report;
import io.espalier.stream.report.ReportCodec;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Sends requests to a gateway's door and looks at the answers. */
final class Sender {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newHttpClient();
    private final int port;

    Sender(int port) {
        this.port = port;
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(LIMIT);
    }

    CompletableFuture<HttpResponse<String>> send(String stream, String type, byte[] body, String... headers) {
        HttpRequest.Builder request = to("/v1/streams/" + stream + "/records")
                .header("Content-Type", type)
                .POST(BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    CompletableFuture<HttpResponse<String>> send(HttpRequest request) {
        return client.sendAsync(request, BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> text(String stream, String lines, String... headers) {
        return send(stream, "text/plain", lines.getBytes(StandardCharsets.UTF_8), headers);
    }

    CompletableFuture<HttpResponse<String>> json(String stream, String body) {
        return send(stream, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    CompletableFuture<HttpResponse<String>> binary(String stream, Report report) {
        return send(stream, ReportCodec.MEDIA_TYPE, ReportCodec.encode(report));
    }

    static HttpResponse<String> get(CompletableFuture<HttpResponse<String>> answer) {
        return answer.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    static void assertStored(CompletableFuture<HttpResponse<String>> answer, int records) {
        HttpResponse<String> got = get(answer);
        assertThat(got.statusCode()).as(got.body()).isEqualTo(200);
        assertThat(got.body()).isEqualTo("{\"stored\":" + records + "}");
    }

    static HttpResponse<String> assertFault(
            CompletableFuture<HttpResponse<String>> answer, int status, String code, String words) {
        HttpResponse<String> got = get(answer);
        assertThat(got.statusCode()).as(got.body()).isEqualTo(status);
        JsonObject fault = new JsonObject(got.body());
        assertThat(fault.fieldNames()).containsExactly("code", "message");
        assertThat(fault.getString("code")).as(got.body()).isEqualTo(code);
        assertThat(fault.getString("message")).contains(words).endsWith(".");
        if (status == 429 || status == 503) {
            assertThat(got.headers().firstValue("Retry-After").orElse("")).matches("[1-9]\\d*");
        }
        return got;
    }
}
