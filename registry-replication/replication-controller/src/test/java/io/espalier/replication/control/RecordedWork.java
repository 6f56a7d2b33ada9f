package io.espalier.replication.control;

import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.image.ImageName;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes what the master would do. */
final class RecordedWork implements MasterWork {
    final List<String> done = new CopyOnWriteArrayList<>();

    @Override
    public ActAnswer measure() {
        return ActAnswer.done("measured");
    }

    @Override
    public ActAnswer plan() {
        return ActAnswer.done("planned");
    }

    @Override
    public ActAnswer push(ImageName image) {
        return ActAnswer.done("pushed " + image);
    }

    @Override
    public boolean knows(ImageName image) {
        return image.repository().startsWith("team/");
    }

    @Override
    public void resync(NodeId node, Optional<ImageName> image) {
        done.add("resync " + node + " " + image.map(ImageName::toString).orElse("all"));
    }
}
