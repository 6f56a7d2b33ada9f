package io.espalier.collector.http;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.collector.send.ReportSender;
import io.espalier.collector.send.SendResult;
import io.espalier.stream.report.Report;
import io.espalier.stream.report.ReportCodec;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Sends reports to {@code POST <gateway>/v1/streams/{id}/records}. */
public final class HttpReportSender implements ReportSender {
    private final HttpClient client;
    private final URI gateway;
    private final Duration timeout;
    private final ObjectMapper json = new ObjectMapper();

    /** The gateway's address as {@code http://host:port}; the client is shared and belongs to the caller. */
    public HttpReportSender(HttpClient client, URI gateway, Duration timeout) {
        this.client = requireNonNull(client, "client is null");
        this.gateway = requireNonNull(gateway, "gateway is null");
        this.timeout = requireNonNull(timeout, "timeout is null");
    }

    @Override
    public CompletableFuture<SendResult> send(Report report) {
        HttpRequest request = HttpRequest.newBuilder(gateway.resolve("/v1/streams/" + report.stream() + "/records"))
                .timeout(timeout)
                .header("Content-Type", ReportCodec.MEDIA_TYPE)
                .POST(BodyPublishers.ofByteArray(ReportCodec.encode(report)))
                .build();
        CompletableFuture<HttpResponse<byte[]>> exchange = client.sendAsync(request, BoundedBody.handler());
        CompletableFuture<SendResult> result = exchange.handle(this::resultOf);
        // Cancelling the derived future alone would leave the connection and its memory behind.
        var unused = result.whenComplete((done, failure) -> {
            if (result.isCancelled()) {
                exchange.cancel(true);
            }
        });
        return result;
    }

    private SendResult resultOf(@Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) {
        if (response == null) {
            return new SendResult.TryAgain(
                    "The gateway at " + gateway + " cannot be reached: " + reason(failure) + ".", null);
        }
        if (response.statusCode() / 100 == 2) {
            return new SendResult.Stored();
        }
        Fault fault = Fault.read(json, response.statusCode(), response.body());
        return switch (response.statusCode()) {
            case 404 ->
                fault.code().equals("UNKNOWN_STREAM")
                        ? new SendResult.UnknownStream(fault.message())
                        : again(response, fault);
            case 413 -> new SendResult.Refused(fault.records(), fault.code(), fault.message());
            // What is said of the whole report says nothing against its records; it must not empty a log into the side
            // file.
            case 400, 422 ->
                fault.records().isEmpty()
                        ? again(response, fault)
                        : new SendResult.Refused(fault.records(), fault.code(), fault.message());
            default -> again(response, fault);
        };
    }

    private SendResult again(HttpResponse<byte[]> response, Fault fault) {
        return new SendResult.TryAgain(
                "The gateway answered " + response.statusCode() + " " + fault.code() + ": " + fault.message(),
                retryAfter(response));
    }

    private static @Nullable Duration retryAfter(HttpResponse<byte[]> response) {
        List<String> values = response.headers().allValues("Retry-After");
        // The other form of the header, a date, is of no use between machines whose clocks differ.
        return !values.isEmpty() && values.get(0).matches("\\d{1,9}")
                ? Duration.ofSeconds(Long.parseLong(values.get(0)))
                : null;
    }

    static String reason(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause != null && cause.getCause() != null && cause.getMessage() == null) {
            cause = cause.getCause();
        }
        if (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause);
    }
}
