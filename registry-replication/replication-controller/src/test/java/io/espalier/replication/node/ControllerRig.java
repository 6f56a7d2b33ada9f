package io.espalier.replication.node;

import io.espalier.replication.control.ControlSettings;
import io.espalier.replication.database.ControllerDatabase;
import io.espalier.replication.database.DatabaseAccess;
import io.espalier.replication.image.ImageFilter;
import io.espalier.replication.measure.MeasureSettings;
import io.espalier.replication.member.MeasuredWorld;
import io.espalier.replication.plan.PlanSettings;
import io.espalier.replication.plan.PlannerChoice;
import io.espalier.replication.removal.RemovalSettings;
import io.espalier.replication.rest.RestCalls;
import io.espalier.replication.retention.RetentionRule;
import io.espalier.replication.transfer.Backfill;
import io.espalier.replication.transfer.PriorityRules;
import io.espalier.replication.transfer.TransferSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A controller with real members, database and door, and nodes that measure the worked example. */
final class ControllerRig implements AutoCloseable {
    static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k");

    private final Path folder;
    private final MeasuredWorld world;
    private final Map<String, LinkedNode> nodes = new LinkedHashMap<>();
    final RestCalls rest = new RestCalls(() -> controller().port());
    private ControllerNode controller;

    ControllerRig(Path folder) throws ControllerException {
        this(folder, MeasuredWorld.workedExample());
    }

    ControllerRig(Path folder, MeasuredWorld world) throws ControllerException {
        this.folder = folder;
        this.world = world;
        this.controller = ControllerNode.start(settings(folder, "greedy", 0), Clock.systemUTC());
    }

    static ControllerSettings settings(Path folder, String planner, int port) {
        return settings(folder, planner, port, DatabaseAccess.to(ControllerDatabase.fileUrl(folder)));
    }

    static ControllerSettings settings(Path folder, String planner, int port, DatabaseAccess database) {
        return new ControllerSettings(
                "127.0.0.1",
                port,
                database,
                folder.resolve("replication"),
                "test",
                PlanSettings.DEFAULT.with(new PlannerChoice(planner, "best-group")),
                MeasureSettings.DEFAULT,
                new TransferSettings(ImageFilter.everything(), PriorityRules.parse(List.of()), Backfill.CURRENT, 0, 0),
                Duration.ZERO,
                Optional.empty(),
                "secret-of-the-registry",
                ControlSettings.DEFAULT,
                RemovalSettings.KEEP,
                RetentionRule.NONE);
    }

    ControllerNode controller() {
        return controller;
    }

    LinkedNode join(String name) throws Exception {
        LinkedNode node = LinkedNode.join(controller, name, world, folder);
        nodes.put(name, node);
        return node;
    }

    ControllerRig withExample() throws Exception {
        for (String name : NAMES) {
            join(name);
        }
        return this;
    }

    /** The master stops and starts again on the same folder; the nodes come back. */
    void restart() throws Exception {
        close();
        controller = ControllerNode.start(settings(folder, "greedy", 0), Clock.systemUTC());
        for (String name : new ArrayList<>(nodes.keySet())) {
            nodes.put(name, LinkedNode.known(controller, name, world));
        }
    }

    @Override
    public void close() {
        nodes.values().forEach(LinkedNode::close);
        controller.close();
    }
}
