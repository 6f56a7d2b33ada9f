package io.espalier.file.line;

import static java.util.Objects.requireNonNull;

import io.espalier.file.input.InputRecord;
import io.espalier.stream.record.RecordHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Writes records as JSON lines (docs/formats/files.md). Not for use by several threads at a time.
 *
 * <p>Payload bytes that are UTF-8 go into the line as they are, with only quotes, backslashes and control characters escaped,
 * so that no character is decoded on the way.
 */
public final class LineEncoder {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final LineOutput out;
    private @Nullable String lastAgent;
    private byte[] lastAgentJson = new byte[0];

    public LineEncoder(LineOutput out) {
        this.out = requireNonNull(out, "out is null");
    }

    /** Writes one line with its line feed to the output. */
    public void write(int partition, InputRecord entry) throws IOException {
        identity(entry.headers());
        out.ascii(",\"partition\":");
        out.ascii(Integer.toString(partition));
        out.ascii(",\"offset\":");
        out.ascii(Long.toString(entry.offset()));
        payload(entry.payload());
        out.ascii("}\n");
    }

    private void identity(@Nullable RecordHeaders headers) throws IOException {
        if (headers == null) {
            out.ascii("{\"stream\":null,\"agent\":null,\"epoch\":null,\"seq\":null,\"ts\":null");
            return;
        }
        out.ascii("{\"stream\":\"");
        out.ascii(headers.stream().toString());
        out.ascii("\",\"agent\":");
        agent(headers.position().agent());
        out.ascii(",\"epoch\":");
        out.ascii(Long.toString(headers.position().epoch()));
        out.ascii(",\"seq\":");
        out.ascii(Long.toString(headers.position().seq()));
        out.ascii(",\"ts\":");
        out.ascii(Long.toString(headers.timestampMillis()));
    }

    /** One agent's records mostly come in a row, so its text is escaped once. */
    private void agent(String agent) throws IOException {
        if (!agent.equals(lastAgent)) {
            lastAgentJson = quoted(agent);
            lastAgent = agent;
        }
        out.write(lastAgentJson, 0, lastAgentJson.length);
    }

    private void payload(byte @Nullable [] payload) throws IOException {
        if (payload == null) {
            out.ascii(",\"text\":null");
        } else if (Utf8.isValid(payload)) {
            out.ascii(",\"text\":\"");
            escaped(payload, out);
            out.ascii("\"");
        } else {
            out.ascii(",\"base64\":\"");
            byte[] encoded = Base64.getEncoder().encode(payload);
            out.write(encoded, 0, encoded.length);
            out.ascii("\"");
        }
    }

    private static byte[] quoted(String text) throws IOException {
        var bytes = new ByteCollector();
        bytes.write('"');
        escaped(text.getBytes(StandardCharsets.UTF_8), bytes);
        bytes.write('"');
        return bytes.toByteArray();
    }

    private static void escaped(byte[] utf8, LineOutput out) throws IOException {
        int start = 0;
        for (int i = 0; i < utf8.length; i++) {
            byte b = utf8[i];
            if (!mustBeEscaped(b)) {
                continue;
            }
            out.write(utf8, start, i - start);
            escape(b, out);
            start = i + 1;
        }
        out.write(utf8, start, utf8.length - start);
    }

    private static boolean mustBeEscaped(byte b) {
        return b == '"' || b == '\\' || (b >= 0 && b < 0x20);
    }

    private static void escape(byte b, LineOutput out) throws IOException {
        byte[] escape =
                switch (b) {
                    case '"', '\\' -> new byte[] {'\\', b};
                    case '\n' -> new byte[] {'\\', 'n'};
                    case '\r' -> new byte[] {'\\', 'r'};
                    case '\t' -> new byte[] {'\\', 't'};
                    default -> new byte[] {'\\', 'u', '0', '0', HEX[b >> 4], HEX[b & 0xF]};
                };
        out.write(escape, 0, escape.length);
    }

    private static final class ByteCollector extends ByteArrayOutputStream implements LineOutput {
        @Override
        public void ascii(String text) {
            writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
