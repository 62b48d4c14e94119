package io.meridian.compactor.downsample;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.StaleMarker;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.testkit.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RawFloatDownsamplerTest {
    private record Point(long timeMs, double value) {
        static Point of(long timeMs, double value) {
            return new Point(timeMs, value);
        }
    }

    private record Aggregated(long minMs, long maxMs, List<List<Point>> columns) {}

    @Test
    void downsample_resetAndStaleMarker_givesTheReferenceTable() {
        var raw = List.of(
                Point.of(20, 1),
                Point.of(40, 2),
                Point.of(60, 3),
                Point.of(80, 1),
                Point.of(100, 2),
                Point.of(101, StaleMarker.VALUE),
                Point.of(120, 5),
                Point.of(180, 10),
                Point.of(250, 1));

        var chunk = downsample(List.of(raw), 100).getFirst();

        assertThat(chunk.minMs).isEqualTo(99);
        assertThat(chunk.maxMs).isEqualTo(250);
        assertThat(chunk.columns.get(Aggregate.COUNT.ordinal()))
                .containsExactly(Point.of(99, 4), Point.of(199, 3), Point.of(250, 1));
        assertThat(chunk.columns.get(Aggregate.SUM.ordinal()))
                .containsExactly(Point.of(99, 7), Point.of(199, 17), Point.of(250, 1));
        assertThat(chunk.columns.get(Aggregate.MIN.ordinal()))
                .containsExactly(Point.of(99, 1), Point.of(199, 2), Point.of(250, 1));
        assertThat(chunk.columns.get(Aggregate.MAX.ordinal()))
                .containsExactly(Point.of(99, 3), Point.of(199, 10), Point.of(250, 1));
        assertThat(chunk.columns.get(Aggregate.COUNTER.ordinal()))
                .containsExactly(
                        Point.of(20, 1), Point.of(99, 4), Point.of(199, 13), Point.of(250, 14), Point.of(250, 1));
    }

    @Test
    void downsample_onlyNaN_givesNoChunk() {
        var raw = List.of(Point.of(10, Double.NaN), Point.of(20, StaleMarker.VALUE), Point.of(30, Double.NaN));

        assertThat(downsample(List.of(raw), 100)).isEmpty();
    }

    @Test
    void downsample_infinityMinusInfinity_givesTheNaNOfTheReferenceMachine() {
        var raw = List.of(Point.of(10, Double.POSITIVE_INFINITY), Point.of(20, Double.NEGATIVE_INFINITY));

        var sum = downsample(List.of(raw), 100)
                .getFirst()
                .columns
                .get(Aggregate.SUM.ordinal())
                .getFirst();

        assertThat(Double.doubleToRawLongBits(sum.value)).isEqualTo(0xfff8000000000000L);
    }

    @Test
    void downsample_randomSeries_equalsTheOracleToTheBit() {
        RandomGenerator random = SeededRandom.create("raw downsampling");
        for (int round = 0; round < 300; round++) {
            long resolution = random.nextBoolean() ? 300_000 : 3_600_000;
            var chunks = randomChunks(random);

            var actual = downsample(chunks, resolution);

            assertThat(bits(actual)).as("round %d", round).isEqualTo(bits(oracle(chunks, resolution)));
        }
    }

    private static List<List<Point>> randomChunks(RandomGenerator random) {
        var chunks = new ArrayList<List<Point>>();
        long time = 1_788_000_000_000L + random.nextInt(600_000);
        double value = 0;
        int kind = random.nextInt(7);
        boolean even = random.nextBoolean();
        int chunkCount = 1 + random.nextInt(40);
        for (int c = 0; c < chunkCount; c++) {
            var chunk = new ArrayList<Point>();
            int count = random.nextInt(20) == 0 ? 1 : 1 + random.nextInt(240);
            for (int i = 0; i < count; i++) {
                time += switch (random.nextInt(even ? 5_000 : 50)) {
                    case 0 -> 0;
                    case 1 -> random.nextInt(20_000_000);
                    case 2 -> -random.nextInt(1_000);
                    default -> 15_000 + random.nextInt(7) - 3;
                };
                value = switch (kind) {
                    case 0 -> random.nextInt(30) == 0 ? 0 : value + random.nextInt(100);
                    case 1 -> random.nextDouble() * 200 - 100;
                    case 2 -> Double.longBitsToDouble(random.nextLong());
                    case 3 -> random.nextInt(3) == 0 ? -0.0 : random.nextInt(2) - 1;
                    case 4 -> special(random, value);
                    case 5 -> value + random.nextDouble();
                    default -> 5;
                };
                chunk.add(new Point(time, value));
            }
            chunks.add(chunk);
            time += 15_000;
        }
        return chunks;
    }

    private static double special(RandomGenerator random, double value) {
        return switch (random.nextInt(40)) {
            case 0 -> Double.NaN;
            case 1 -> StaleMarker.VALUE;
            case 2 -> Double.POSITIVE_INFINITY;
            case 3 -> Double.NEGATIVE_INFINITY;
            case 4 -> Double.MAX_VALUE;
            case 5 -> Double.MIN_VALUE;
            default -> Double.isNaN(value) ? 0 : value + 1;
        };
    }

    /// The reference sheet's text, as directly as it can be written.
    private static List<Aggregated> oracle(List<List<Point>> chunks, long resolution) {
        var kept = new ArrayList<Point>();
        for (var chunk : chunks) {
            long last = 0;
            for (var point : chunk) {
                if (!StaleMarker.is(point.value) && point.timeMs >= last) {
                    kept.add(point);
                    last = point.timeMs;
                }
            }
        }
        var out = new ArrayList<Aggregated>();
        if (kept.isEmpty()) {
            return out;
        }
        int batch = kept.size()
                        / Windows.targetChunks(
                                kept.getFirst().timeMs, kept.getLast().timeMs, 60_000, resolution, kept.size())
                + 1;
        while (!kept.isEmpty()) {
            int j = Math.min(batch, kept.size());
            long end = Windows.end(kept.get(j - 1).timeMs, resolution);
            while (j < kept.size() && kept.get(j).timeMs <= end) {
                j++;
            }
            var points = new ArrayList<>(kept.subList(0, j));
            kept.subList(0, j).clear();
            points.removeIf(point -> Double.isNaN(point.value));
            if (!points.isEmpty()) {
                out.add(oracleChunk(points, resolution));
            }
        }
        return out;
    }

    private static Aggregated oracleChunk(List<Point> points, long resolution) {
        var columns = new ArrayList<List<Point>>();
        for (int i = 0; i < 5; i++) {
            columns.add(new ArrayList<>());
        }
        columns.get(4).add(points.getFirst());
        double counter = 0;
        double count = 0;
        double sum = 0;
        double min = Double.MAX_VALUE;
        double max = -Double.MAX_VALUE;
        for (int i = 0; i < points.size(); i++) {
            var point = points.get(i);
            count++;
            sum += point.value;
            min = point.value < min ? point.value : min;
            max = point.value > max ? point.value : max;
            if (i == 0) {
                counter = point.value;
            } else {
                double previous = points.get(i - 1).value;
                counter += point.value < previous ? point.value : point.value - previous;
            }
            long window = Math.min(Windows.end(point.timeMs, resolution), points.getLast().timeMs);
            if (i + 1 == points.size() || points.get(i + 1).timeMs > window) {
                columns.get(0).add(new Point(window, count));
                columns.get(1).add(new Point(window, sum));
                columns.get(2).add(new Point(window, min));
                columns.get(3).add(new Point(window, max));
                columns.get(4).add(new Point(window, counter));
                count = 0;
                sum = 0;
                min = Double.MAX_VALUE;
                max = -Double.MAX_VALUE;
            }
        }
        long last = columns.getFirst().getLast().timeMs;
        columns.get(4).add(new Point(last, points.getLast().value));
        return new Aggregated(columns.getFirst().getFirst().timeMs, last, columns);
    }

    private static String bits(List<Aggregated> chunks) {
        var text = new StringBuilder();
        for (var chunk : chunks) {
            text.append(chunk.minMs).append("..").append(chunk.maxMs);
            for (var column : chunk.columns) {
                text.append('\n');
                for (var point : column) {
                    text.append(point.timeMs).append('=');
                    text.append(Long.toHexString(Double.doubleToRawLongBits(FloatAggregator.canonical(point.value))));
                    text.append(' ');
                }
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static List<Aggregated> downsample(List<List<Point>> chunks, long resolution) {
        var batch = new RawBatch();
        for (var chunk : chunks) {
            long[] times = chunk.stream().mapToLong(Point::timeMs).toArray();
            double[] values = chunk.stream().mapToDouble(Point::value).toArray();
            var bytes = new byte[XorColumnEncoder.bytesMax(times.length)];
            int length = XorColumnEncoder.encode(times, values, 0, times.length, bytes, 0);
            batch.addChunk(bytes, 0, length);
        }
        batch.endRun();
        var out = new ArrayList<Aggregated>();
        try (var kernel = new CpuKernel(1)) {
            for (var result : kernel.downsample(batch, resolution)) {
                for (int i = 0; i < result.endChunk(0); i++) {
                    out.add(decode(result, i));
                }
            }
        }
        return out;
    }

    private static Aggregated decode(AggregateBatch batch, int chunk) {
        var aggregates = AggregateChunk.parse(
                batch.minMs(chunk),
                batch.maxMs(chunk),
                0,
                batch.array(),
                batch.payloadOffset(chunk),
                batch.payloadLength(chunk));
        var columns = new ArrayList<List<Point>>();
        for (var aggregate : Aggregate.values()) {
            var decoder = new XorColumnDecoder();
            decoder.decode(Objects.requireNonNull(aggregates.part(aggregate)));
            var column = new ArrayList<Point>();
            for (int i = 0; i < decoder.size; i++) {
                column.add(new Point(decoder.times[i], decoder.values[i]));
            }
            columns.add(column);
        }
        return new Aggregated(batch.minMs(chunk), batch.maxMs(chunk), columns);
    }
}
