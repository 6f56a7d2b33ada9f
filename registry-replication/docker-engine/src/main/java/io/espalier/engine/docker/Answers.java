package io.espalier.engine.docker;

import com.github.dockerjava.api.async.ResultCallback;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for the end of an answer that comes piece by piece; unlike the library's own, it logs nothing. */
abstract class Answers<T> implements ResultCallback<T> {
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable Throwable error;
    private volatile @Nullable Closeable stream;

    @Override
    public void onStart(Closeable opened) {
        stream = opened;
    }

    @Override
    public void onError(Throwable failure) {
        error = failure;
        done.countDown();
    }

    @Override
    public void onComplete() {
        done.countDown();
    }

    /** False when there was no end within the time. */
    boolean await(long millis) throws InterruptedException {
        return done.await(millis, TimeUnit.MILLISECONDS);
    }

    /** What ended it before its time. */
    @Nullable
    Throwable error() {
        return error;
    }

    @Override
    public void close() throws IOException {
        Closeable open = stream;
        if (open != null) {
            open.close();
        }
    }
}
