package io.espalier.replication.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.member.Member;
import io.espalier.replication.node.ControllerNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Says how many nodes are there, and warns with a sentence when images or trees have to wait or the file has a mistake. */
@Component(
        service = HealthCheck.class,
        property = {"hc.name=Replication controller", "hc.tags=replication"})
public final class ControllerHealth implements HealthCheck {
    private final ControllerComponent controller;

    @Activate
    public ControllerHealth(@Reference ControllerComponent controller) {
        this.controller = requireNonNull(controller, "controller is null");
    }

    @Override
    public Result execute() {
        Optional<String> waits = controller.waits();
        if (waits.isPresent()) {
            return new Result(Result.Status.WARN, sentences(waits, controller.mistake()));
        }
        ControllerNode node = controller.node();
        List<Member> members = node.members().all();
        String counts = "nodes=" + members.size() + " connected="
                + members.stream().filter(Member::connected).count();
        String problems = sentences(controller.mistake(), node.problem());
        return problems.isEmpty()
                ? new Result(Result.Status.OK, counts)
                : new Result(Result.Status.WARN, counts + "; " + problems);
    }

    /** One does not hide the other. */
    private static String sentences(Optional<String> first, Optional<String> second) {
        return Stream.concat(first.stream(), second.stream()).collect(Collectors.joining(" "));
    }
}
