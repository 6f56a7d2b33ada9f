package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.Route;
import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import io.espalier.replication.transfer.Preview.Part;
import io.espalier.replication.transfer.RoutePlanner.Tree;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Works out what a push would do. Thread-safe. */
final class Previewer {
    private final Members members;
    private final RoutePlanner planner;
    private final ImageCatalogue catalogue;

    Previewer(Members members, RoutePlanner planner, ImageCatalogue catalogue) {
        this.members = requireNonNull(members, "members is null");
        this.planner = requireNonNull(planner, "planner is null");
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
    }

    Preview preview(ImageClosure image) {
        List<Member> takePart = members.all().stream()
                .filter(member -> member.master() || member.connected())
                .toList();
        Tree tree = planner.plan(image.bytes(), takePart);
        List<Part> parts =
                members.all().stream().map(member -> part(member, image, tree)).toList();
        return new Preview(
                image.name(),
                image.digest(),
                image.manifests().size(),
                image.blobs().size(),
                image.bytes(),
                image.leftOut(),
                parts);
    }

    /** Of all stripes, each once. */
    private static String parents(Route route) {
        return route.branches().stream()
                .map(branch -> branch.parent().node().value())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private Part part(Member member, ImageClosure image, Tree tree) {
        Route route = tree.routes().get(member.id());
        String parent = member.master() || route == null ? "" : parents(route);
        Set<String> has = catalogue.blobsAt(member.id());
        long bytes = member.master()
                ? 0
                : image.blobs().stream()
                        .filter(blob -> !has.contains(blob.digest()))
                        .mapToLong(ImageClosure.BlobRef::size)
                        .sum();
        boolean there = member.connected() || member.master();
        return new Part(
                member.id(),
                member.connected(),
                parent,
                bytes,
                there ? Optional.ofNullable(tree.predicted().get(member.id())) : Optional.empty());
    }
}
