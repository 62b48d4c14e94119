package io.meridian.bench;

import io.meridian.model.SampleBuffer;
import io.meridian.model.chunk.XorChunk;
import io.meridian.model.chunk.XorEncoder;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Decoding of XOR chunks of 120 samples on one core. Target: 120 M samples/s on counters and gauges.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class XorDecodeBenchmark {
    private static final int CHUNK_COUNT = 1000;
    private static final int SAMPLE_COUNT = 120;

    @Param({"counter", "gauge", "constant", "random"})
    public String kind = "counter";

    private final byte[][] chunks = new byte[CHUNK_COUNT][];
    private final SampleBuffer buffer = new SampleBuffer();

    @Setup
    public void encode() {
        var random = new SplittableRandom(7);
        var encoder = new XorEncoder();
        double counter = 0;
        for (int c = 0; c < CHUNK_COUNT; c++) {
            encoder.clear();
            long time = 1_788_000_000_000L;
            for (int i = 0; i < SAMPLE_COUNT; i++) {
                counter += random.nextInt(40);
                encoder.append(time, value(random, counter));
                // Scrapes jitter by a few milliseconds.
                time += 15_000 + random.nextInt(-3, 4);
            }
            chunks[c] = encoder.toBytes();
        }
    }

    private double value(SplittableRandom random, double counter) {
        return switch (kind) {
            case "counter" -> counter;
            case "gauge" -> Math.rint(random.nextDouble() * 1e6) / 1e3;
            case "constant" -> 1;
            default -> random.nextDouble();
        };
    }

    @Benchmark
    @OperationsPerInvocation(CHUNK_COUNT * SAMPLE_COUNT)
    public int decode() {
        int sum = 0;
        for (byte[] chunk : chunks) {
            buffer.clear();
            XorChunk.decode(chunk, 0, chunk.length, buffer);
            sum += buffer.size();
        }
        return sum;
    }
}
