package io.espalier.relay.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JobTableTest {
    private static final EngineSettings SETTINGS = EngineSettings.in(Path.of("unused"), 1);

    private final JobTable jobs = new JobTable(blob -> {});

    private static String digest(int number) {
        return "sha256:" + String.format("%064x", number);
    }

    private Job put(String id, int... blobs) {
        List<BlobPart> parts = Arrays.stream(blobs)
                .mapToObj(number -> new BlobPart(digest(number), 10, List.of()))
                .toList();
        Transfer transfer = new Transfer(id, "team/app", parts, List.of(), List.of(), Transfer.MIN_CHUNK_BYTES, 5, 0);
        Job job = new Job(new Assign(transfer, TestCluster.route("a")), false, SETTINGS, () -> {});
        jobs.put(job);
        return job;
    }

    @Test
    void aBlobIsComingAsLongAsOneOfItsTransfersRuns() {
        Job first = put("t1", 1, 2);
        Job second = put("t2", 2, 3);

        first.stop(TransferState.CANCELLED, "enough");
        assertThat(jobs.isComing(digest(1))).isFalse();
        assertThat(jobs.isComing(digest(2))).isTrue();
        assertThat(jobs.isNeeded(digest(3))).isTrue();
        second.stop(TransferState.CANCELLED, "enough");
        assertThat(jobs.isComing(digest(2))).isFalse();
        assertThat(jobs.isNeeded(digest(2))).isFalse();
    }

    @Test
    void aBlobIsAwaitedUntilItIsInTheRegistryOrItsTransferIsOverOrPaused() {
        Job job = put("t1", 1, 2, 3);
        assertThat(jobs.isAwaited(digest(1))).isTrue();
        assertThat(jobs.isAwaited(digest(4))).isFalse();

        job.progress().arrived(job.transfer().blobs().get(0));
        assertThat(jobs.isAwaited(digest(1))).isFalse();
        assertThat(jobs.isAwaited(digest(2))).isTrue();
        job.parked(true);
        assertThat(jobs.isAwaited(digest(2))).isFalse();
        job.parked(false);
        job.stop(TransferState.CANCELLED, "enough");
        assertThat(jobs.isAwaited(digest(2))).isFalse();
    }

    @Test
    void aForgottenTransferIsNoHomeOfItsBlobs() {
        Job job = put("t1", 1);
        job.progress().arrived(job.transfer().blobs().get(0));
        job.stop(TransferState.DONE, "done");
        jobs.forgetOld(0);
        assertThat(jobs.home(digest(1))).contains("team/app");

        jobs.forgetOld(TimeUnit.HOURS.toMillis(2));

        assertThat(jobs.home(digest(1))).isEmpty();
    }

    @Test
    void aTransferThatIsForgottenByOrderIsNoHomeOfItsBlobs() {
        Job job = put("t1", 1);
        job.progress().arrived(job.transfer().blobs().get(0));
        job.stop(TransferState.DONE, "done");

        assertThat(jobs.forget(Optional.empty())).isEqualTo(1);

        assertThat(jobs.home(digest(1))).isEmpty();
    }

    @Test
    void aTransferThatBeginsAnewTakesThePlaceOfTheCancelledOne() {
        Job old = put("t1", 1);
        old.progress().arrived(old.transfer().blobs().get(0));
        old.stop(TransferState.CANCELLED, "enough");

        put("t1", 1);

        assertThat(jobs.home(digest(1))).isEmpty();
        assertThat(jobs.isComing(digest(1))).isTrue();
    }

    @Test
    void whatChildrenAskTakesNoLongerWithThousandsOfTransfers() {
        for (int i = 0; i < 10_000; i++) {
            put("t" + i, i, i + 1);
        }
        long begin = System.nanoTime();
        int coming = 0;
        for (int i = 0; i < 30_000; i++) {
            coming += jobs.isComing(digest(i % 10_000))
                            && jobs.home(digest(i % 10_000)).isEmpty()
                    ? 1
                    : 0;
        }
        assertThat(coming).isEqualTo(30_000);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }
}
