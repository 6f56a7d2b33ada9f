package io.espalier.relay.probe;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.probe.ProbeLink.Copied;
import io.espalier.relay.protocol.MasterMessage.Measure;
import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeMessage.Measured;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.PeerSample;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures peers as the master asks, one after another, so that a node's link carries one measurement at a time. A peer that
 * fails or takes too long is reported with the reason and does not keep the others from being measured. Blocks; an interrupt
 * ends it soon, with the rest of the peers reported as not measured. Thread-safe.
 */
public final class Prober {
    /** Most that one answer may take; to connect takes 8 s at most besides. */
    public static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
    /** Most that one copy may take. */
    public static final Duration COPY_LIMIT = Duration.ofSeconds(60);

    static final int MAX_ROUNDS = 100;
    private static final double NANOS_PER_MILLI = 1e6;

    private final ProbeOpener opener;
    private final Duration answerLimit;
    private final Duration copyLimit;

    public Prober(ProbeOpener opener) {
        this(opener, ANSWER_LIMIT, COPY_LIMIT);
    }

    public Prober(ProbeOpener opener, Duration answerLimit, Duration copyLimit) {
        this.opener = requireNonNull(opener, "opener is null");
        this.answerLimit = requireNonNull(answerLimit, "answerLimit is null");
        this.copyLimit = requireNonNull(copyLimit, "copyLimit is null");
    }

    /** Measures every peer of the order once and answers with as many samples. */
    public Measured measure(Measure order) {
        List<PeerSample> samples = new ArrayList<>();
        for (int i = 0; i < order.peers().size(); i++) {
            PeerAddress peer = order.peers().get(i);
            try {
                if (Thread.currentThread().isInterrupted()) {
                    throw new IOException("the node stops and has not measured it");
                }
                samples.add(sample(order, peer, i));
            } catch (IOException e) {
                String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
                samples.add(new PeerSample(peer.node(), Double.NaN, 0, 0, reason));
            }
        }
        return new Measured(order.measurement(), order.mode(), samples);
    }

    private PeerSample sample(Measure order, PeerAddress peer, int at) throws IOException {
        MeasureMode mode = order.mode();
        return switch (mode) {
            case PING -> ping(peer, order.rounds());
            case COPY -> copy(peer, order.copyBytes());
            case REGISTRY -> registry(peer, order, at);
        };
    }

    private PeerSample ping(PeerAddress peer, int rounds) throws IOException {
        try (ProbeLink link = opener.open(peer, answerLimit)) {
            return times(peer, link, rounds);
        }
    }

    private PeerSample registry(PeerAddress peer, Measure order, int at) throws IOException {
        if (at >= order.registries().size() || order.registries().get(at).isBlank()) {
            throw new IOException("the address of its registry is not known");
        }
        try (PingLink link = opener.openRegistry(order.registries().get(at), answerLimit)) {
            return times(peer, link, order.rounds());
        }
    }

    /** The first answer pays for connecting and warming up and does not count. */
    private static PeerSample times(PeerAddress peer, PingLink link, int rounds) throws IOException {
        link.ping();
        long[] nanos = new long[Math.max(1, Math.min(rounds, MAX_ROUNDS))];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = link.ping();
        }
        Spread spread = Spread.of(nanos);
        return new PeerSample(
                peer.node(), spread.median() / NANOS_PER_MILLI, spread.deviation() / NANOS_PER_MILLI, 0, "");
    }

    private PeerSample copy(PeerAddress peer, long bytes) throws IOException {
        if (bytes < 1) {
            throw new IOException("the order asks for a copy of " + bytes + " bytes");
        }
        try (ProbeLink link = opener.open(peer, copyLimit)) {
            link.ping();
            Copied copied = link.copy(bytes);
            return new PeerSample(peer.node(), copied.nanos() / NANOS_PER_MILLI, 0, copied.bytesPerSecond(), "");
        }
    }
}
