package io.espalier.replication.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the members of a tar file by reading its headers only. Knows ustar, PAX paths and sizes, and GNU long names.
 *
 * <p>commons-compress would do it too, but brings three bundles of which most classes are never used.
 */
final class TarMembers {
    private static final int MAX_MEMBERS = 100_000;
    private static final int MAX_EXTENSION_BYTES = 1 << 20;

    /** Where a member's bytes are. */
    record Member(long at, long size) {}

    private final FileChannel file;
    private final Map<String, Member> files = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();
    private Map<String, String> pax = Map.of();
    private @Nullable String longName;
    private @Nullable String longLink;

    private TarMembers(FileChannel file) {
        this.file = file;
    }

    /** What was found: files, and where links point, by name. */
    record Found(Map<String, Member> files, Map<String, String> links) {}

    /** Reads all headers; the message of a failure goes behind "the archive". */
    static Found find(FileChannel file) throws IOException {
        TarMembers members = new TarMembers(file);
        long at = 0;
        for (int count = 0; ; count++) {
            if (count > MAX_MEMBERS) {
                throw new IOException("has more than " + MAX_MEMBERS + " members");
            }
            byte[] block = members.bytes(at, TarHeader.BYTES);
            if (TarHeader.isEnd(block)) {
                return new Found(Map.copyOf(members.files), Map.copyOf(members.links));
            }
            at = members.take(TarHeader.read(block), at + TarHeader.BYTES);
        }
    }

    private long take(TarHeader header, long at) throws IOException {
        if (header.type() == 'x' || header.type() == 'L' || header.type() == 'K') {
            extend(header, bytes(at, Math.toIntExact(checkedExtension(header.size()))));
            return next(at, header.size());
        }
        if (header.type() == 'g') {
            return next(at, checkedExtension(header.size()));
        }
        String name = longName != null ? longName : pax.getOrDefault("path", header.name());
        String link = longLink != null ? longLink : pax.getOrDefault("linkpath", header.link());
        long size = paxSize(header.size());
        pax = Map.of();
        longName = null;
        longLink = null;
        return add(header.type(), name, link, at, size);
    }

    private long add(char type, String name, String link, long at, long size) throws IOException {
        switch (type) {
            case '0', '7' -> {
                if (files.put(MemberName.clean(name), new Member(at, size)) != null) {
                    throw new IOException("has the member " + name + " twice");
                }
            }
            case '1' -> links.put(MemberName.clean(name), MemberName.clean(link));
            case '2' -> links.put(MemberName.clean(name), MemberName.linked(MemberName.clean(name), link));
            case '5' -> MemberName.clean(name);
            default -> throw new IOException("has the member " + name + " of type " + type + ", which no image has");
        }
        boolean hasData = type == '0' || type == '7';
        return next(at, hasData ? size : 0);
    }

    private long next(long at, long size) throws IOException {
        if (size > file.size() - at) {
            throw new EOFException("is cut off: it ends within a member");
        }
        return at + (size + TarHeader.BYTES - 1) / TarHeader.BYTES * TarHeader.BYTES;
    }

    private static long checkedExtension(long size) throws IOException {
        if (size > MAX_EXTENSION_BYTES) {
            throw new IOException("has an extension header of " + size + " bytes");
        }
        return size;
    }

    private void extend(TarHeader header, byte[] content) throws IOException {
        if (header.type() == 'x') {
            pax = PaxRecords.read(content);
            return;
        }
        String text = new String(content, UTF_8);
        int end = text.indexOf('\0');
        String value = end < 0 ? text : text.substring(0, end);
        if (header.type() == 'L') {
            longName = value;
        } else {
            longLink = value;
        }
    }

    private long paxSize(long size) throws IOException {
        String written = pax.get("size");
        if (written == null) {
            return size;
        }
        if (!written.matches("\\d{1,18}")) {
            throw new IOException("is damaged: a PAX header has the size '" + written + "'");
        }
        return Long.parseLong(written);
    }

    private byte[] bytes(long at, int count) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(count);
        while (into.hasRemaining()) {
            if (file.read(into, at + into.position()) < 0) {
                throw new EOFException("is cut off: it ends without its end mark");
            }
        }
        return into.array();
    }
}
