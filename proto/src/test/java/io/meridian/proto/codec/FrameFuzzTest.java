package io.meridian.proto.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.XxHash64;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.testkit.SeededRandom;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FrameFuzzTest {
    private static final int ROUNDS = 3_000;

    private static List<Chunk> chunks(RandomGenerator random) {
        var chunks = new ArrayList<Chunk>();
        for (int i = random.nextInt(4); i > 0; i--) {
            byte[] data = new byte[random.nextInt(1, 300)];
            random.nextBytes(data);
            var raw = new EncodedChunk(ChunkEncoding.ofId(random.nextInt(1, 7)), random.nextLong(), -i, data);
            if (random.nextInt(3) > 0) {
                chunks.add(raw);
            } else {
                var parts = new @Nullable EncodedChunk[Aggregate.values().length];
                parts[random.nextInt(parts.length)] =
                        new EncodedChunk(ChunkEncoding.XOR, raw.minMs(), raw.maxMs(), data);
                chunks.add(new AggregateChunk(raw.minMs(), raw.maxMs(), 300_000, parts));
            }
        }
        return chunks;
    }

    private static Labels labels(RandomGenerator random) {
        var labels = Labels.empty().toBuilder();
        for (int i = random.nextInt(6); i >= 0; i--) {
            labels.set("n" + random.nextInt(20), random.nextBoolean() ? "v" + i : "wert\u00e4\uD83D\uDE00\uDCFF");
        }
        return labels.build();
    }

    @Test
    void written_read_isTheSame() {
        var random = SeededRandom.create("written_read_isTheSame");
        for (int round = 0; round < ROUNDS; round++) {
            Labels labels = labels(random);
            List<Chunk> chunks = chunks(random);
            var frames = new ArrayList<byte[]>();
            var writer = new SeriesFrameWriter(
                    EnumSet.allOf(Aggregate.class), true, random.nextInt(4), Messages.into(frames));
            writer.series(labels, chunks);
            writer.warning("a \u2028 text");
            var seen = new ArrayList<Object>();
            for (byte[] frame : frames) {
                new SeriesFrameReader("x").read(frame, 0, frame.length, collector(seen));
            }
            assertThat(seen).containsExactly(labels, chunks, "a \u2028 text");
        }
    }

    @Test
    void read_mutatedBytes_failsOnlyAsCorrupt() {
        var random = SeededRandom.create("read_mutatedBytes_failsOnlyAsCorrupt");
        int corrupt = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var frames = new ArrayList<byte[]>();
            var writer = new SeriesFrameWriter(EnumSet.allOf(Aggregate.class), true, 8, Messages.into(frames));
            for (int i = 0; i < 4; i++) {
                writer.series(labels(random), chunks(random));
            }
            writer.flush();
            byte[] frame = frames.getFirst();
            for (int i = random.nextInt(1, 5); i > 0; i--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            }
            int length = random.nextBoolean() ? frame.length : random.nextInt(frame.length);
            try {
                new SeriesFrameReader("x").read(frame, 0, length, collector(new ArrayList<>()));
            } catch (CorruptDataException e) {
                corrupt++;
            }
        }
        assertThat(corrupt).isPositive();
    }

    @Test
    void xxHash64_knownTexts_haveTheirHashes() {
        assertThat(hash("")).isEqualTo(0xEF46DB3751D8E999L);
        assertThat(hash("a")).isEqualTo(0xD24EC4F1A98C6E5BL);
        assertThat(hash("abc")).isEqualTo(0x44BC2CF5AD770999L);
    }

    private static long hash(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return XxHash64.hash(bytes, 0, bytes.length);
    }

    private static SeriesFrameReader.Sink collector(List<Object> seen) {
        return new SeriesFrameReader.Sink() {
            @Override
            public void series(Labels labels, List<Chunk> chunks) {
                seen.add(labels);
                seen.add(chunks);
            }

            @Override
            public void warning(String text) {
                seen.add(text);
            }
        };
    }
}
