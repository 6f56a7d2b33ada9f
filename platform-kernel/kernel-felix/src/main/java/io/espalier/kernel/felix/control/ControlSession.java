package io.espalier.kernel.felix.control;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client: a thread that reads its lines and notices that it has gone, and one that runs its commands, which the first
 * interrupts then.
 */
final class ControlSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlSession.class);
    private static final int WAITING_LINES = 16;

    private final SocketChannel channel;
    private final CommandRunner.Factory runners;
    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(WAITING_LINES);
    private final JsonLines answers;
    private final Runnable ended;
    private final Thread reader;
    private final Thread worker;

    ControlSession(SocketChannel channel, CommandRunner.Factory runners, ThreadFactory threads, Runnable ended) {
        this.channel = requireNonNull(channel, "channel is null");
        this.runners = requireNonNull(runners, "runners is null");
        this.ended = requireNonNull(ended, "ended is null");
        this.answers = new JsonLines(channel);
        this.reader = threads.newThread(this::read);
        this.worker = threads.newThread(this::work);
    }

    void start() {
        worker.start();
        reader.start();
    }

    /** Drops the client and interrupts its command. */
    @Override
    public void close() {
        worker.interrupt();
        closeChannel();
    }

    private void read() {
        try {
            LineReader input = new LineReader(channel);
            for (String line = input.next(); line != null; line = input.next()) {
                if (!line.isEmpty() && !lines.offer(line)) {
                    answers.send(
                            "err", "More than " + WAITING_LINES + " commands wait; read an answer before the next.\n");
                    break;
                }
            }
        } catch (IOException gone) {
            LOG.debug("A client of the control socket has gone: {}", gone.toString());
        } finally {
            close();
        }
    }

    private void work() {
        try (CommandRunner runner = runners.open(answers.stream("out"), answers.stream("err"))) {
            while (!Thread.interrupted()) {
                String line = lines.take();
                answers.send("exit", runner.run(line));
            }
        } catch (InterruptedException | IOException gone) {
            LOG.debug("A client of the control socket has gone: {}", gone.toString());
        } finally {
            closeChannel();
            ended.run();
        }
    }

    private void closeChannel() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("Closing a client of the control socket failed: {}", e.toString());
        }
    }
}
