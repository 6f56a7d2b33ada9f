package io.espalier.engine.docker;

import com.github.dockerjava.api.model.Frame;

/** Keeps the last bytes of a container's output. */
final class LogTail extends Answers<Frame> {
    private final byte[] ring;
    private long count;

    LogTail(int mostBytes) {
        ring = new byte[mostBytes];
    }

    @Override
    public synchronized void onNext(Frame frame) {
        byte[] payload = frame.getPayload();
        for (int i = Math.max(0, payload.length - ring.length); i < payload.length; i++) {
            ring[(int) (count++ % ring.length)] = payload[i];
        }
    }

    synchronized byte[] bytes() {
        int length = (int) Math.min(count, ring.length);
        byte[] tail = new byte[length];
        for (int i = 0; i < length; i++) {
            tail[i] = ring[(int) ((count - length + i) % ring.length)];
        }
        return tail;
    }
}
