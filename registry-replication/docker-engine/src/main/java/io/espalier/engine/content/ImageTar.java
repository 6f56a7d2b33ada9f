package io.espalier.engine.content;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.error.RegistryException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An image as a tar in the format of {@code docker save}, streamed out of the registry: nothing of it is on disk, and layers stay
 * compressed. The engine proves the layers by the configuration's {@code diff_ids}. For one reader.
 */
public final class ImageTar extends InputStream {
    private static final int BLOCK = 512;
    private static final long MOST_MEMBER_BYTES = 8L << 30;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Deque<Piece> pieces = new ArrayDeque<>();
    private @Nullable InputStream current;

    /** A part of the tar that is opened when its turn comes. */
    private interface Piece {
        InputStream open() throws RegistryException;
    }

    private ImageTar() {}

    /**
     * The tar of an image.
     *
     * @param name that the engine gives it, as {@code repository:tag}
     * @throws IOException when a layer is too large for the format
     */
    public static ImageTar of(ImageContent image, RegistryClient registry, String name) throws IOException {
        requireNonNull(registry, "registry is null");
        ImageTar tar = new ImageTar();
        String config = image.configDigest().hex() + ".json";
        tar.file(config, image.config());
        List<String> layers = new ArrayList<>();
        for (Descriptor layer : image.layers()) {
            // Equal layers may come twice; a number keeps their names apart.
            String member = layers.size() + "-" + layer.digest().hex().substring(0, 32) + "/layer.tar";
            layers.add(member);
            tar.header(member, layer.size());
            tar.pieces.add(() -> registry.openBlob(image.repository(), layer.digest(), 0, layer.size()));
            tar.pad(layer.size());
        }
        tar.file(
                "manifest.json",
                JSON.writeValueAsString(List.of(Map.of("Config", config, "RepoTags", List.of(name), "Layers", layers)))
                        .getBytes(UTF_8));
        tar.bytes(new byte[2 * BLOCK]);
        return tar;
    }

    private void file(String name, byte[] content) throws IOException {
        header(name, content.length);
        bytes(content);
        pad(content.length);
    }

    private void bytes(byte[] content) {
        pieces.add(() -> new ByteArrayInputStream(content));
    }

    private void pad(long size) {
        bytes(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    }

    /** A header as ustar has it (POSIX.1-1988). */
    private void header(String name, long size) throws IOException {
        if (size >= MOST_MEMBER_BYTES) {
            throw new IOException("The layer " + name + " is of 8 GiB or more, which the format does not hold;"
                    + " let the engine pull instead.");
        }
        byte[] block = new byte[BLOCK];
        put(block, 0, name);
        put(block, 100, "0000644\0");
        put(block, 108, "0000000\0");
        put(block, 116, "0000000\0");
        put(block, 124, String.format(Locale.ROOT, "%011o\0", size));
        put(block, 136, "00000000000\0");
        put(block, 148, "        ");
        block[156] = '0';
        put(block, 257, "ustar\00000");
        int sum = 0;
        for (byte each : block) {
            sum += each & 0xff;
        }
        put(block, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
        bytes(block);
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(US_ASCII);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            if (current == null) {
                Piece next = pieces.poll();
                if (next == null) {
                    return -1;
                }
                current = open(next);
            }
            int count = current.read(bytes, offset, length);
            if (count >= 0) {
                return count;
            }
            current.close();
            current = null;
        }
    }

    private static InputStream open(Piece piece) throws IOException {
        try {
            return piece.open();
        } catch (RegistryException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        pieces.clear();
        if (current != null) {
            current.close();
            current = null;
        }
    }
}
