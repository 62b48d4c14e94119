package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.tsdb.index.ByteSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class BackgroundSinkTest {
    /// Keeps what it is given; fails where it is told to; its end waits for a signal.
    private static final class Target implements ByteSink {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final CountDownLatch mayFinish = new CountDownLatch(1);
        boolean failsToWrite;
        boolean failsToFinish;
        boolean isFinished;
        boolean isClosed;

        @Override
        public long position() {
            return bytes.size();
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            bytes.write(source, offset, length);
        }

        @Override
        public void write(MemorySegment source) throws IOException {
            if (failsToWrite) {
                throw new IOException("no space left");
            }
            bytes.writeBytes(source.toArray(ValueLayout.JAVA_BYTE));
        }

        @Override
        public void finish() throws IOException {
            try {
                mayFinish.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (failsToFinish) {
                throw new IOException("disk is gone");
            }
            isFinished = true;
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        new SplittableRandom(7).nextBytes(bytes);
        return bytes;
    }

    @Test
    void write_piecesOfAllSizes_allComeInOrder() throws IOException {
        byte[] bytes = random(3_000_000);
        var target = new Target();
        target.mayFinish.countDown();
        try (var sink = new BackgroundSink(target)) {
            sink.write(bytes, 0, 1);
            sink.write(bytes, 1, 700_000);
            sink.write(MemorySegment.ofArray(bytes).asSlice(700_001, 600_000));
            for (int at = 1_300_001; at < bytes.length; at += 1000) {
                sink.write(bytes, at, Math.min(1000, bytes.length - at));
            }
            assertThat(sink.position()).isEqualTo(bytes.length);
            sink.finish();
            assertThat(target.isFinished).isTrue();
        }
        assertThat(target.bytes.toByteArray()).isEqualTo(bytes);
        assertThat(target.isClosed).isTrue();
    }

    @Test
    void finishLater_targetNotDone_doesNotWait() throws IOException {
        var target = new Target();
        try (var sink = new BackgroundSink(target)) {
            sink.write(random(1000), 0, 1000);
            sink.finishLater();
            // were it to wait, nobody would come to give the signal
            target.mayFinish.countDown();
            sink.finish();
        }
        assertThat(target.isFinished).isTrue();
        assertThat(target.bytes.size()).isEqualTo(1000);
    }

    @Test
    void close_notFinished_leavesTheTargetUnfinished() throws IOException {
        var target = new Target();
        target.mayFinish.countDown();
        try (var sink = new BackgroundSink(target)) {
            sink.write(random(1000), 0, 1000);
        }
        assertThat(target.isFinished).isFalse();
        assertThat(target.isClosed).isTrue();
    }

    @Test
    void write_targetFails_theErrorComesOutAndNothingIsFinished() throws IOException {
        var target = new Target();
        target.failsToWrite = true;
        target.mayFinish.countDown();
        byte[] bytes = random(100_000);
        try (var sink = new BackgroundSink(target)) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            sink.write(bytes, 0, bytes.length);
                        }
                        sink.finish();
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessage("no space left");
        }
        assertThat(target.isFinished).isFalse();
        assertThat(target.isClosed).isTrue();
    }

    @Test
    void chunkWriter_earlierSegmentFailsToFinish_theErrorComesOut() throws IOException {
        var targets = new ArrayList<Target>();
        var refs = new long[1];
        var chunks = SmallBlock.chunks(1, 0);
        // each series fills a segment
        try (var writer = new ChunkWriter(
                _ -> {
                    var target = new Target();
                    target.failsToFinish = targets.isEmpty();
                    target.mayFinish.countDown();
                    targets.add(target);
                    return target;
                },
                9)) {
            writer.write(chunks, refs);
            writer.write(chunks, refs);
            assertThatThrownBy(() -> {
                        writer.write(chunks, refs);
                        writer.finish();
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessage("disk is gone");
        }
        assertThat(targets).allMatch(target -> target.isClosed);
    }
}
