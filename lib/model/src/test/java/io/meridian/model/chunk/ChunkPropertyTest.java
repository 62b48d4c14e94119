package io.meridian.model.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.CorruptDataException;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Histogram;
import io.meridian.model.SampleBuffer;
import io.meridian.model.chunk.ExactSamples.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@NullMarked
class ChunkPropertyTest {
    private static final int[] SIZES = {1, 2, 3, 7, 119, 120, 121, 127, 128, 129, 130, 300};

    private static RandomGenerator random(String test) {
        long seed = Long.getLong("tests.seed", 20_261_121);
        System.err.println(test + ": repeat with -Dtests.seed=" + seed);
        return new SplittableRandom(seed ^ test.hashCode());
    }

    @ParameterizedTest
    @EnumSource
    void encode_randomSamples_decodeToTheSame(Kind kind) {
        var random = random("encode_" + kind);
        for (int round = 0; round < 120; round++) {
            boolean withStartTimes = random.nextBoolean();
            var samples = SampleChunks.samples(random, kind, withStartTimes, SIZES[round % SIZES.length]);
            List<EncodedChunk> chunks = ChunkEncoder.encode(samples, random.nextBoolean());

            var back = new ExactSamples();
            for (EncodedChunk chunk : chunks) {
                int before = back.size();
                back.decode(chunk);
                assertThat(back.size() - before).isBetween(1, ChunkEncoder.SAMPLES_MAX);
                assertThat(chunk.minMs()).isEqualTo(back.time(before));
                assertThat(chunk.maxMs()).isEqualTo(back.time(back.size() - 1));
            }
            assertSame(samples, back);
        }
    }

    /// One chunk with many samples, so that start timestamps pass the limit of their header.
    @Test
    void append_moreThan127Samples_keepsStartTimes() {
        var random = random("append_moreThan127Samples");
        for (int round = 0; round < 60; round++) {
            var samples = SampleChunks.samples(random, Kind.FLOAT, round % 3 != 0, SIZES[round % SIZES.length]);
            var encoder = new Xor2Encoder();
            for (int i = 0; i < samples.size(); i++) {
                encoder.append(samples.startTime(i), samples.time(i), samples.value(i));
            }
            byte[] bytes = encoder.toBytes();
            assertThat(encoder.byteCount()).isEqualTo(bytes.length);
            var back = new ExactSamples();
            back.decode(new EncodedChunk(ChunkEncoding.XOR2, 0, 0, bytes));
            assertSame(samples, back);
        }
    }

    @ParameterizedTest
    @EnumSource
    void plain_chunksWithStartTimes_keepsSamplesAndHeader(Kind kind) {
        var random = random("plain_" + kind);
        for (int round = 0; round < 40; round++) {
            var samples = SampleChunks.samples(random, kind, true, 50);
            for (EncodedChunk chunk : ChunkEncoder.encode(samples, true)) {
                List<EncodedChunk> plain = ChunkTranscoder.plain(chunk);
                assertThat(plain).hasSize(1);
                EncodedChunk only = plain.getFirst();
                assertThat(ChunkTranscoder.isPlain(only.encoding())).isTrue();
                var before = new SampleBuffer();
                var after = new SampleBuffer();
                ChunkCodec.decode(chunk, before);
                ChunkCodec.decode(only, after);
                assertThat(after.size()).isEqualTo(before.size());
                assertThat(after.startTimes()).isNull();
                assertThat(Arrays.copyOf(after.times(), after.size()))
                        .isEqualTo(Arrays.copyOf(before.times(), before.size()));
                var expected = before.histograms();
                var actual = after.histograms();
                assertThat(actual == null).isEqualTo(expected == null);
                if (expected != null && actual != null) {
                    assertThat(actual.toArray(after.size())).isEqualTo(expected.toArray(before.size()));
                }
            }
        }
    }

    private static void assertSame(ExactSamples expected, ExactSamples actual) {
        assertThat(actual.size()).isEqualTo(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.time(i)).isEqualTo(expected.time(i));
            assertThat(actual.startTime(i)).isEqualTo(expected.startTime(i));
            assertThat(actual.kind(i)).isEqualTo(expected.kind(i));
            switch (expected.kind(i)) {
                case FLOAT ->
                    assertThat(Double.doubleToRawLongBits(actual.value(i)))
                            .isEqualTo(Double.doubleToRawLongBits(expected.value(i)));
                case HISTOGRAM -> assertSame(expected.histogram(i), actual.histogram(i));
                case FLOAT_HISTOGRAM -> assertSame(expected.floatHistogram(i), actual.floatHistogram(i));
            }
        }
    }

    /// A chunk may hold more, empty buckets than the histogram that went in, so populations are compared.
    private static void assertSame(Histogram expected, Histogram actual) {
        assertSame(expected.toFloat(), actual.toFloat());
        assertThat(actual.count()).isEqualTo(expected.isStale() ? 0 : expected.count());
    }

    private static void assertSame(FloatHistogram expected, FloatHistogram actual) {
        if (expected.isStale()) {
            assertThat(actual.isStale()).isTrue();
            return;
        }
        assertThat(actual.toString()).isEqualTo(expected.toString());
        assertThat(actual.schema()).isEqualTo(expected.schema());
        assertThat(actual.zeroThreshold()).isEqualTo(expected.zeroThreshold());
        assertThat(Double.doubleToRawLongBits(actual.sum())).isEqualTo(Double.doubleToRawLongBits(expected.sum()));
        assertThat(actual.customValues()).isEqualTo(expected.customValues());
    }

    /// Damaged bytes give an error that says so, or samples; never anything else.
    @ParameterizedTest
    @EnumSource(names = "AGGREGATE", mode = EnumSource.Mode.EXCLUDE)
    void decode_damagedBytes_failsAsCorrupt(ChunkEncoding encoding) {
        var random = random("decode_damaged_" + encoding);
        for (int round = 0; round < 1500; round++) {
            byte[] bytes = damaged(random, encoding);
            int offset = random.nextInt(3);
            byte[] padded = new byte[offset + bytes.length + random.nextInt(2) * 100];
            System.arraycopy(bytes, 0, padded, offset, bytes.length);
            var chunk = new EncodedChunk(encoding, 0, 0, padded, offset, bytes.length);
            var buffer = new SampleBuffer();
            buffer.append(1, 1);
            try {
                ChunkCodec.decode(chunk, buffer);
            } catch (CorruptDataException e) {
                assertThat(buffer.size()).isEqualTo(1);
            }
            try {
                new ExactSamples().decode(chunk);
            } catch (CorruptDataException e) {
                assertThat(e.offset()).isBetween(-1L, (long) bytes.length + ChunkBytes.SLACK);
            }
        }
    }

    private static byte[] damaged(RandomGenerator random, ChunkEncoding encoding) {
        Kind kind = switch (encoding) {
            case XOR, XOR2, AGGREGATE -> Kind.FLOAT;
            case HISTOGRAM, HISTOGRAM_ST -> Kind.HISTOGRAM;
            case FLOAT_HISTOGRAM, FLOAT_HISTOGRAM_ST -> Kind.FLOAT_HISTOGRAM;
        };
        boolean withStartTimes = encoding == ChunkEncoding.HISTOGRAM_ST || encoding == ChunkEncoding.FLOAT_HISTOGRAM_ST;
        var samples = SampleChunks.samples(random, kind, withStartTimes, 20);
        byte[] bytes = ChunkEncoder.encode(samples, encoding == ChunkEncoding.XOR2)
                .getFirst()
                .copyBytes();
        return switch (random.nextInt(5)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 1 -> {
                random.nextBytes(bytes);
                yield bytes;
            }
            case 2 -> {
                bytes[0] = (byte) random.nextInt();
                bytes[1] = (byte) random.nextInt();
                yield bytes;
            }
            case 3 -> {
                byte[] small = new byte[random.nextInt(12)];
                random.nextBytes(small);
                yield small;
            }
            default -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
                yield bytes;
            }
        };
    }

    @Test
    void parse_damagedAggregate_failsAsCorrupt() {
        var random = random("parse_damagedAggregate");
        for (int round = 0; round < 2000; round++) {
            byte[] bytes = new byte[random.nextInt(60)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) random.nextInt(random.nextBoolean() ? 4 : 256);
            }
            try {
                var chunk = AggregateChunk.parse(0, 1, 300_000, bytes, 0, bytes.length);
                assertThat(AggregateChunk.parse(0, 1, 300_000, chunk.encode(), 0, chunk.encode().length))
                        .isEqualTo(chunk);
            } catch (CorruptDataException e) {
                assertThat(e.offset()).isBetween(0L, (long) bytes.length);
            }
        }
    }
}
