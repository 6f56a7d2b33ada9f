package io.espalier.replication.archive;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Names of members of a tar file, cleaned so that none points out of it. */
final class MemberName {
    private static final int MAX_LENGTH = 4_096;

    private MemberName() {}

    /** Without {@code .} parts and a trailing slash; the message of a failure goes behind "the archive". */
    static String clean(String name) throws IOException {
        if (name.length() > MAX_LENGTH || name.startsWith("/") || name.indexOf('\0') >= 0 || name.indexOf('\\') >= 0) {
            throw new IOException("has a member with the name '" + shown(name) + "', which points out of it");
        }
        List<String> parts = new ArrayList<>();
        for (String part : name.split("/", -1)) {
            if (part.equals("..")) {
                throw new IOException("has a member with the name '" + shown(name) + "', which points out of it");
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return String.join("/", parts);
    }

    /** Where a symbolic link of this name leads, as older docker-save writes for a layer that it has already. */
    static String linked(String name, String target) throws IOException {
        Deque<String> parts = new ArrayDeque<>(List.of(name.split("/", -1)));
        parts.removeLast();
        if (target.length() > MAX_LENGTH || target.startsWith("/")) {
            throw new IOException("has a link '" + shown(name) + "' that points out of it");
        }
        for (String part : target.split("/", -1)) {
            if (part.equals("..")) {
                if (parts.pollLast() == null) {
                    throw new IOException("has a link '" + shown(name) + "' that points out of it");
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }

    private static String shown(String name) {
        String printable = name.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 120 ? printable : printable.substring(0, 120) + "...";
    }
}
