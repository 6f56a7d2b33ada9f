package io.espalier.replication.archive;

import io.espalier.replication.image.ImageName;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** Chooses one of the images of an archive. */
final class ArchiveNames {
    private ArchiveNames() {}

    /**
     * The only one, or the one that bears the wanted name.
     *
     * @param names of each image; may be empty
     * @return its position
     */
    static int choose(List<List<String>> names, ImageName wanted) throws IOException {
        if (names.isEmpty()) {
            throw new IOException("holds no image");
        }
        if (names.size() == 1) {
            return 0;
        }
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).stream().anyMatch(name -> fits(name, wanted))) {
                return i;
            }
        }
        String known = names.stream().flatMap(List::stream).distinct().limit(20).collect(Collectors.joining(", "));
        throw new IOException("holds " + names.size() + " images and none is called " + wanted + "; it has "
                + (known.isEmpty() ? "no names" : known) + ", so save the one you want alone");
    }

    private static boolean fits(String name, ImageName wanted) {
        String whole = wanted.toString();
        return name.equals(whole) || name.endsWith("/" + whole) || name.equals(wanted.reference());
    }
}
