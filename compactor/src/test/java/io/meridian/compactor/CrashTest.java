package io.meridian.compactor;

import static io.meridian.compactor.CompactorHarness.DAY;
import static io.meridian.compactor.CompactorHarness.HOUR;
import static io.meridian.compactor.CompactorHarness.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.plan.RetentionPolicy;
import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.FaultyBucket;
import io.meridian.testkit.Sampled;
import io.meridian.testkit.SeededRandom;
import io.meridian.tsdb.block.BlockId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The process dies at an operation on the bucket, in the middle of merging, downsampling, retention or deletion. After
/// a restart the end is the same as without.
@Sampled
class CrashTest {
    private static final int SAMPLED = 6;
    private static final Labels A = Labels.of("cluster", "a");

    private static final CompactorOptions OPTIONS = CompactorOptions.DEFAULT
            .withDelays(Duration.ZERO, Duration.ofDays(1))
            .withRetention(RetentionPolicy.of(Duration.ofDays(19), Duration.ZERO, Duration.ZERO));

    @TempDir
    private Path directory;

    private CompactorHarness filled(String name) throws IOException {
        var harness = new CompactorHarness(Files.createDirectories(directory.resolve(name)));
        for (int i = 0; i < 6; i++) {
            long minMs = START + 2L * i * HOUR;
            var id = new BlockId((minMs + 2 * HOUR) << 16, i);
            harness.addBlock(id, A, minMs, minMs + 2 * HOUR, 120_000, List.of());
        }
        return harness;
    }

    /// Days go by, with a pass on each.
    private static long days(CompactorHarness harness, Bucket through) throws IOException {
        for (int day = 0; day < 4; day++) {
            harness.nowMs = START + 19 * DAY + day * 2L * DAY;
            if (!harness.compactor(through, OPTIONS).run()) {
                throw new IOException("pass failed: " + harness.status.failedStreams());
            }
        }
        return through instanceof FaultyBucket faulty ? faulty.operations() : 0;
    }

    @Test
    void run_diesAtAnyOperation_endsAsIfItHadNot() throws IOException {
        var undisturbed = filled("undisturbed");
        long operations =
                days(undisturbed, new FaultyBucket(undisturbed.bucket, FaultyBucket.once(0, FaultyBucket.Kind.FAIL)));
        String expected = undisturbed.content();
        assertThat(expected).contains(" 300000 ").contains(" level 2 ");

        for (long operation : points(operations)) {
            for (var kind : List.of(FaultyBucket.Kind.FAIL, FaultyBucket.Kind.FAIL_AFTER)) {
                var harness = filled(operation + "-" + kind);
                try {
                    days(harness, new FaultyBucket(harness.bucket, FaultyBucket.from(operation, kind)));
                } catch (IOException died) {
                    // The restart follows.
                }
                days(harness, harness.bucket);

                assertThat(harness.content())
                        .as("%s at operation %d", kind, operation)
                        .isEqualTo(expected);
                assertThat(harness.status.toJson().get("quarantined"))
                        .as("%s at operation %d", kind, operation)
                        .isEqualTo(List.of());
            }
        }
    }

    /// All of them in the long run, some of them otherwise.
    private static Iterable<Long> points(long operations) {
        if (Sampled.ALL) {
            return LongStream.rangeClosed(1, operations).boxed().toList();
        }
        var random = SeededRandom.create("crash points");
        var points = new TreeSet<Long>();
        while (points.size() < SAMPLED) {
            points.add(1 + random.nextLong(operations));
        }
        return points;
    }
}
