package io.espalier.gateway.http;

import io.espalier.http.HttpFault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Undoes the Content-Encoding of a body; stops inflating at the limit, whatever the body claims. */
final class ContentCoding {
    private ContentCoding() {}

    static byte[] decode(byte[] body, @Nullable String encoding, int maxBytes) {
        String name = encoding == null ? "identity" : encoding.strip().toLowerCase(Locale.ROOT);
        return switch (name) {
            case "identity" -> body;
            case "gzip", "x-gzip" -> inflate(body, maxBytes);
            default ->
                throw new HttpFault(
                        415,
                        "UNSUPPORTED_ENCODING",
                        "The Content-Encoding is not known here; send gzip or no encoding.");
        };
    }

    private static byte[] inflate(byte[] body, int maxBytes) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body), 8192)) {
            byte[] plain = in.readNBytes(maxBytes + 1);
            if (plain.length > maxBytes) {
                throw new HttpFault(
                        413,
                        "REPORT_TOO_LARGE",
                        "The request body is larger than the " + maxBytes
                                + " bytes allowed once it is unpacked; send fewer records at once.");
            }
            return plain;
        } catch (IOException e) {
            throw new HttpFault(
                    400,
                    "BAD_ENCODING",
                    "The body is not valid gzip although Content-Encoding says so; send it again.");
        }
    }
}
