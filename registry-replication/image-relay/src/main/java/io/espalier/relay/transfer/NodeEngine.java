package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.relay.feed.ChunkSource;
import io.espalier.relay.feed.FeedOpener;
import io.espalier.relay.protocol.ArrivalListener;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.MasterMessage.Cancel;
import io.espalier.relay.protocol.MasterMessage.Check;
import io.espalier.relay.protocol.MasterMessage.Hashes;
import io.espalier.relay.protocol.MasterMessage.Hold;
import io.espalier.relay.protocol.MasterMessage.Remove;
import io.espalier.relay.protocol.MasterMessage.Reroute;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.relay.spool.Spool;
import io.espalier.relay.spool.SpoolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine: takes orders, begins and ends transfers, and keeps what is unfinished on disk. */
final class NodeEngine implements TransferEngine {
    private static final Logger log = LoggerFactory.getLogger(NodeEngine.class);
    private static final long TICK_MS = 100;
    private static final int MOST_UNFINISHED = 10_000;
    private static final String OLD = "A newer generation of the tag is known.";
    private static final String REMOVED = "The image was removed at the master.";
    private static final String STOPS = "The node stops.";

    private final EngineSettings settings;
    private final Spool spool;
    private final AssignmentFiles files;
    private final TagGenerations generations;
    private final PauseDesk pauses;
    private final ImageRemover remover;
    private final JobTable jobs;
    private final EngineThreads threads;
    private final JobTurns turns;
    private final Reporter reporter;
    private final FeedHub hub;
    private final FetchTable fetches;
    private final ChildSupply children;
    private final Arrivals arrivals;
    private final CheckDesk checks;
    private volatile boolean closed;

    private NodeEngine(
            EngineSettings settings,
            RegistryClient registry,
            FeedOpener feeds,
            Consumer<NodeMessage> out,
            Spool spool,
            AssignmentFiles files,
            TagGenerations generations,
            TagGenerations told,
            Pauses pauses,
            RottenBlobs rotten) {
        this.settings = settings;
        requireNonNull(registry, "registry is null");
        this.spool = spool;
        this.files = files;
        this.generations = generations;
        this.jobs = new JobTable(this::lost);
        spool.spare(jobs::isAwaited);
        this.threads = new EngineThreads(settings.jobs());
        this.reporter = new Reporter(out, jobs::all);
        this.hub = new FeedHub(feeds, settings, reporter::send, threads.connectors());
        this.fetches = new FetchTable(spool, hub, settings.hashWait());
        this.children = new ChildSupply(
                spool, registry, jobs, fetches::isFrom, hub::upstream, threads.fillers(), settings.hashWait());
        BlobCommits commits = new BlobCommits(registry, fetches, children, rotten, threads.blobs());
        this.checks = new CheckDesk(registry, rotten, jobs, threads, reporter::send);
        this.arrivals = new Arrivals(told);
        this.remover =
                new ImageRemover(registry, generations, jobs, job -> stop(job, TransferState.CANCELLED, REMOVED));
        this.turns = new JobTurns(
                threads.jobs(),
                this::isHeld,
                job -> new JobRun(job, registry, commits, generations).run(),
                this::finish);
        this.pauses = new PauseDesk(
                pauses, jobs, job -> job(new Assign(job.transfer(), job.route()), true), turns::add, this::end);
    }

    static NodeEngine start(
            EngineSettings settings, RegistryClient registry, FeedOpener feeds, Consumer<NodeMessage> out)
            throws IOException {
        Path transfers = settings.folder().resolve("transfers");
        Files.createDirectories(transfers);
        AssignmentFiles files = new AssignmentFiles(transfers);
        TagGenerations generations = TagGenerations.open(transfers.resolve("generations"));
        Pauses pauses = Pauses.open(transfers.resolve("paused"));
        List<Assign> unfinished = files.load();
        Spool spool = Spool.open(settings.folder().resolve("spool"), settings.spoolBytes());
        TagGenerations told = TagGenerations.open(transfers.resolve("arrivals"));
        RottenBlobs rotten = RottenBlobs.open(transfers.resolve("rotten"));
        NodeEngine engine =
                new NodeEngine(settings, registry, feeds, out, spool, files, generations, told, pauses, rotten);
        engine.resume(unfinished);
        engine.reporter.start();
        engine.arrivals.start();
        engine.threads.everyTick(engine::tick, TICK_MS);
        return engine;
    }

    private void resume(List<Assign> unfinished) {
        unfinished.forEach(assign -> jobs.put(job(assign, true)));
        for (Job job : jobs.all()) {
            if (!stopOld(job)) {
                log.info("Transfer {} goes on where it was.", job);
                turns.add(job);
            }
        }
    }

    private Job job(Assign assign, boolean resumed) {
        return new Job(
                assign,
                resumed,
                settings,
                () -> reporter.urgent(assign.transfer().id()));
    }

    @Override
    public boolean accept(MasterMessage message) {
        if (message instanceof Assign assign) {
            assign(assign);
        } else if (message instanceof Reroute reroute) {
            jobs.find(reroute.transfer()).ifPresent(job -> reroute(job, reroute.route()));
        } else if (message instanceof Hashes hashes) {
            hashes(hashes);
        } else if (message instanceof Cancel cancel) {
            jobs.find(cancel.transfer()).ifPresent(job -> stop(job, TransferState.CANCELLED, cancel.reason()));
        } else if (message instanceof Check check) {
            checks.ask(check);
        } else if (message instanceof Hold hold) {
            hold(hold);
        } else if (message instanceof Remove remove) {
            remove(remove);
        } else {
            return false;
        }
        return true;
    }

    private synchronized void assign(Assign assign) {
        Optional<Job> known = jobs.find(assign.transfer().id());
        // What is final begins anew: the master knows what this node has said of it, and wants it all the same.
        if (known.isPresent() && !known.get().progress().state().isFinal()) {
            reroute(known.get(), assign.route());
            reporter.urgent(assign.transfer().id());
            return;
        }
        if (closed || jobs.unfinished() >= MOST_UNFINISHED) {
            log.warn(
                    "Transfer {} is not taken: the node stops, or has {} already.",
                    assign.transfer().id(),
                    MOST_UNFINISHED);
            return;
        }
        Job job = job(assign, false);
        jobs.put(job);
        if (stopOld(job)) {
            return;
        }
        supersedeOlder(job);
        log.info("Transfer {} of {} bytes begins.", job, job.transfer().bytes());
        save(job);
        turns.add(job);
    }

    /** Stops a transfer whose tag is known in a newer generation; answers whether it did. The master learns which one. */
    private boolean stopOld(Job job) {
        Optional<TagPart> main = job.mainTag();
        if (main.isEmpty()) {
            return false;
        }
        long newest = generations.newest(job.transfer().repository(), main.get().tag());
        for (Job rival : jobs.rivals(job)) {
            if (rival.progress().state() != TransferState.CANCELLED) {
                newest = Math.max(
                        newest, rival.mainTag().map(TagPart::generation).orElse(0L));
            }
        }
        if (main.get().generation() >= newest) {
            return false;
        }
        job.progress().newest(newest);
        stop(job, TransferState.SUPERSEDED, OLD);
        return true;
    }

    private void supersedeOlder(Job job) {
        long generation = job.mainTag().map(TagPart::generation).orElse(0L);
        for (Job rival : jobs.rivals(job)) {
            if (rival.mainTag().map(TagPart::generation).orElse(0L) < generation) {
                stop(rival, TransferState.SUPERSEDED, "Generation " + generation + " of the tag takes its place.");
            }
        }
    }

    private void stop(Job job, TransferState end, String reason) {
        if (job.progress().state().isFinal()) {
            return;
        }
        job.progress().problem("");
        job.stop(end, reason);
        log.info("Transfer {} is {}: {}", job, end, reason);
        files.delete(job.id());
        end(job, reason);
    }

    /** What is fetched on its account ends, and children look elsewhere. */
    private void end(Job job, String reason) {
        fetches.stop(job);
        job.transfer().blobs().stream()
                .filter(part -> !jobs.isNeeded(part.digest()) && !job.progress().hasArrived(part.digest()))
                .forEach(part -> children.failed(part.digest(), reason));
    }

    private void reroute(Job job, Route route) {
        if (job.progress().state().isFinal() || job.route().equals(route)) {
            return;
        }
        log.info("Transfer {} gets another route: {}.", job, route.branches());
        job.cursors().change(route);
        save(job);
        fetches.rerouted(job);
        job.hurry();
    }

    private void save(Job job) {
        try {
            files.save(new Assign(job.transfer(), job.route()));
        } catch (IOException e) {
            log.warn(
                    "Transfer {} cannot be noted on disk ('{}'); it runs, but would not go on after a restart by itself.",
                    job,
                    e.getMessage());
        }
    }

    private void hashes(Hashes hashes) {
        try {
            if (spool.hashes(hashes.blob(), hashes.chunkBytes(), hashes.first(), hashes.sha256())) {
                log.warn(
                        "The master corrects hashes of blob {}; chunks that came by the old ones are got again.",
                        hashes.blob());
                lost(hashes.blob());
            }
        } catch (SpoolException | IllegalArgumentException e) {
            log.warn("Hashes of blob {} are not kept: {}", hashes.blob(), e.getMessage());
        }
    }

    private void lost(String blob) {
        fetches.again(blob);
    }

    private synchronized void hold(Hold hold) {
        pauses.hold(hold.transfers(), hold.reason(), hold.seconds());
    }

    /** A removal may take minutes in a large repository, so that it has a thread of its own; a dry run is a look as others are. */
    private void remove(Remove remove) {
        try {
            (remove.dryRun() ? threads.checks() : threads.removals())
                    .execute(() -> reporter.send(remover.remove(remove)));
        } catch (RejectedExecutionException e) {
            log.warn("The removal of {} in {} is not made: too many wait.", remove.own(), remove.repository());
        }
    }

    private boolean isHeld(Job job) {
        return pauses.holds(job);
    }

    @Override
    public synchronized boolean pause(Optional<String> image, String by) throws IOException {
        return pauses.pause(image, by);
    }

    @Override
    public synchronized boolean resume(Optional<String> image) throws IOException {
        return pauses.resume(image);
    }

    @Override
    public List<String> paused() {
        return pauses.paused();
    }

    @Override
    public List<String> pauseTexts() {
        return pauses.texts();
    }

    @Override
    public List<String> arriving() {
        return jobs.arriving();
    }

    @Override
    public synchronized int forget(Optional<String> image) {
        return jobs.forget(image);
    }

    private void finish(Job job, TransferState end) {
        if (!job.isStopped()) {
            job.progress().problem("");
            job.stop(end, "It is " + end + ".");
            files.delete(job.id());
            log.info("Transfer {} is {}.", job, end);
            if (end == TransferState.DONE) {
                arrivals.done(job);
            }
        }
    }

    private void tick() {
        try {
            hub.tick(System.nanoTime());
            fetches.tick();
            long now = System.nanoTime();
            pauses.tick(now);
            for (Job job : jobs.all()) {
                turns.again(job, now);
            }
            jobs.forgetOld(System.currentTimeMillis());
            checks.tick(now);
        } catch (RuntimeException e) {
            log.error("A look at the feeds failed.", e);
        }
    }

    @Override
    public ChunkSource chunks() {
        return children;
    }

    @Override
    public long spoolBytes() {
        return spool.storedBytes();
    }

    @Override
    public void listen(ArrivalListener listener) {
        arrivals.add(listener);
    }

    @Override
    public void forget(ArrivalListener listener) {
        arrivals.remove(listener);
    }

    @Override
    public List<TransferReport> reports() {
        return jobs.reports();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            turns.close();
        }
        jobs.all().forEach(job -> job.halt(STOPS));
        hub.close();
        spool.close();
        threads.close();
        arrivals.close();
        reporter.close();
    }
}
