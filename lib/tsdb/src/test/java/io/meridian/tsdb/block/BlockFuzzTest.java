package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.XorEncoder;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.testkit.SeededRandom;
import io.meridian.tsdb.index.ByteSource;
import io.meridian.tsdb.index.IndexHeader;
import io.meridian.tsdb.index.IndexReader;
import io.meridian.tsdb.index.Postings;
import io.meridian.tsdb.index.PostingsCheck;
import io.meridian.tsdb.index.ReadCost;
import io.meridian.tsdb.index.SeriesColumns;
import io.meridian.tsdb.index.SymbolUnion;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged files: right data, or [CorruptDataException], and nothing else.
class BlockFuzzTest {
    private static final BlockId ID = BlockId.parse("01M16X3WR0BZCE9WC2V9FAB8XY");
    private static final int ROUNDS = 4_000;

    @TempDir
    private Path directory = Path.of("");

    private static byte[] damaged(byte[] good, RandomGenerator random) {
        if (random.nextInt(4) == 0) {
            return Arrays.copyOf(good, random.nextInt(good.length));
        }
        byte[] bytes = good.clone();
        switch (random.nextInt(3)) {
            case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            default -> {
                int from = random.nextInt(bytes.length);
                int to = Math.min(bytes.length, from + 1 + random.nextInt(16));
                Arrays.fill(bytes, from, to, (byte) (random.nextBoolean() ? 0xFF : 0));
            }
        }
        return bytes;
    }

    private static String read(IndexReader index) throws IOException {
        var context = QueryContext.unlimited();
        long[] refs = Postings.toArray(index.select(List.of(), context));
        var text = new StringBuilder();
        text.append(index.series(refs, 0, refs.length, TimeRange.ALL, false, context));
        var series = new SeriesColumns();
        index.series(refs, 0, refs.length, series, context);
        var union = new SymbolUnion(List.of(index.symbols())).read();
        union.translate(0, series);
        for (int i = 0; i < series.size(); i++) {
            text.append(union.labels(0, series.symbols(), series.symbolsFrom(i), series.symbolsTo(i)));
        }
        for (String name : index.labelNames(List.of(), TimeRange.ALL, context)) {
            for (String value : index.labelValues(name, List.of(), TimeRange.ALL, context)) {
                text.append(name).append(value).append(Arrays.toString(Postings.toArray(index.postings(name, value))));
            }
        }
        return text.toString();
    }

    @Test
    void index_damagedAnywhere_isRightOrCorrupt() throws IOException {
        var random = SeededRandom.create("BlockFuzzTest.index");
        SmallBlock.write(directory.resolve("b"), ID, Labels.empty(), 40, random);
        byte[] good = Files.readAllBytes(directory.resolve("b/index"));
        String expected = read(IndexReader.of("index", MemorySegment.ofArray(good)));
        int corrupt = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = damaged(good, random);
            try {
                assertThat(read(IndexReader.of("index", MemorySegment.ofArray(bytes))))
                        .isEqualTo(expected);
            } catch (CorruptDataException e) {
                assertThat(e.resource()).isEqualTo("index");
                corrupt++;
            }
        }
        assertThat(corrupt).isGreaterThan(ROUNDS / 2);
    }

    @Test
    void postings_anyBitFlipped_isCorrupt() throws IOException {
        SmallBlock.write(directory.resolve("b"), ID, Labels.empty(), 12, SeededRandom.create("BlockFuzzTest.postings"));
        byte[] good = Files.readAllBytes(directory.resolve("b/index"));
        PostingsCheck.verify(ByteSource.of("index", MemorySegment.ofArray(good)));
        var contents = ByteBuffer.wrap(good, good.length - 52, 52).slice();
        int from = (int) (contents.getLong(32) + 3) / 4 * 4;
        int end = (int) contents.getLong(24);
        assertThat(end).isGreaterThan(from);
        for (int at = from; at < end; at++) {
            byte[] bytes = good.clone();
            bytes[at] ^= 1;
            assertThatThrownBy(() -> PostingsCheck.verify(ByteSource.of("index", MemorySegment.ofArray(bytes))))
                    .isInstanceOf(CorruptDataException.class);
        }
    }

    /// With checksums that fit: what a hostile writer could make.
    @Test
    void index_damagedUnderGoodChecksums_throwsNothingElse() throws IOException {
        var random = SeededRandom.create("BlockFuzzTest.sections");
        SmallBlock.write(directory.resolve("b"), ID, Labels.empty(), 12, random);
        byte[] good = Files.readAllBytes(directory.resolve("b/index"));
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = good.clone();
            IndexChecksums.damageAndRepair(bytes, random);
            try {
                read(IndexReader.of("index", MemorySegment.ofArray(bytes)));
            } catch (CorruptDataException e) {
                assertThat(e.resource()).isEqualTo("index");
            }
        }
    }

    @Test
    void header_damagedAnywhere_isRightOrCorrupt() throws IOException {
        var random = SeededRandom.create("BlockFuzzTest.header");
        SmallBlock.write(directory.resolve("b"), ID, Labels.empty(), 40, random);
        byte[] index = Files.readAllBytes(directory.resolve("b/index"));
        var source = ByteSource.of("index", MemorySegment.ofArray(index));
        Path file = directory.resolve("index-header");
        IndexHeader.build(source, file, QueryContext.unlimited());
        byte[] good = Files.readAllBytes(file);
        var context = QueryContext.unlimited();
        String expected;
        try (var opened = IndexHeader.open(file, source, 0)) {
            expected = Arrays.toString(Postings.toArray(opened.select(List.of(), context)));
        }
        for (int i = 0; i < ROUNDS / 50; i++) {
            Files.write(file, damaged(good, random));
            try (var opened = IndexHeader.open(file, source, 0)) {
                assertThat(Arrays.toString(Postings.toArray(opened.select(List.of(), context))))
                        .isEqualTo(expected);
            } catch (CorruptDataException e) {
                assertThat(e.resource()).endsWith("index-header");
            }
            try (var opened = IndexHeader.openOrBuild(file, source, 0, context)) {
                assertThat(Arrays.toString(Postings.toArray(opened.select(List.of(), context))))
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void segment_damagedAnywhere_isRightOrCorrupt() throws IOException {
        var random = SeededRandom.create("BlockFuzzTest.segment");
        Bucket bucket = new InMemoryBucket();
        var meta = SmallBlock.write(directory.resolve("b"), ID, Labels.of("a", "b"), 20, random);
        new BlockUpload(false).upload(directory.resolve("b"), meta, bucket, Instant.EPOCH);
        byte[] good = bucket.readAll(ID + "/chunks/000001");
        List<List<Chunk>> expected;
        try (var block = BlockFiles.open(bucket, ID)) {
            expected = chunks(block);
        }
        for (int i = 0; i < ROUNDS / 10; i++) {
            bucket.put(ID + "/chunks/000001", damaged(good, random), Bucket.Precondition.NONE);
            try (var block = BlockFiles.open(bucket, ID)) {
                assertThat(chunks(block)).isEqualTo(expected);
            } catch (CorruptDataException e) {
                assertThat(e.resource()).contains("chunks/000001");
            }
        }
    }

    private static List<List<Chunk>> chunks(Block block) throws IOException {
        var context = QueryContext.unlimited();
        long[] refs = Postings.toArray(block.index().select(List.of(), context));
        var chunks = block.chunks()
                .read(block.index().series(refs, 0, refs.length, TimeRange.ALL, false, context), false, context);
        assertThat(records(block, refs))
                .containsExactlyElementsOf(chunks.stream().flatMap(List::stream).toList());
        return chunks;
    }

    private static List<Chunk> records(Block block, long[] refs) throws IOException {
        var series = new SeriesColumns();
        block.index().series(refs, 0, refs.length, series, QueryContext.unlimited());
        var records = new ChunkRecords();
        block.chunks().read(series, 0, series.size(), records, QueryContext.unlimited());
        var chunks = new ArrayList<Chunk>();
        for (int i = 0; i < records.size(); i++) {
            var chunk = records.chunk(i);
            assertThat(records.sampleCount(i)).isEqualTo(SmallBlock.SAMPLES_PER_CHUNK);
            assertThat(records.encoding(i)).isEqualTo(chunk.encoding());
            chunks.add(chunk);
        }
        return chunks;
    }

    /// A chunk that no first read takes in as a whole, and chunks that lie in another order than their series.
    @Test
    void records_ofLongAndDisorderedChunks_areTheChunks() throws IOException {
        var all = SmallBlock.labels(3);
        var symbols = new SymbolCollector();
        all.forEach(symbols::add);
        var random = SeededRandom.create("BlockFuzzTest.records");
        Bucket bucket = new InMemoryBucket();
        for (int segmentBytes : new int[] {64 << 20, 20_000}) {
            Path folder = Files.createDirectories(directory.resolve("s" + segmentBytes + "/" + ID));
            var expected = new ArrayList<Chunk>();
            BlockMeta meta;
            try (var writer = new BlockWriter(folder, symbols, segmentBytes)) {
                for (var labels : all) {
                    var chunks = new ArrayList<Chunk>();
                    for (int i = 0; i < 4; i++) {
                        chunks.add(longChunk(SmallBlock.START + i * 1_000_000_000L, random));
                    }
                    expected.addAll(chunks);
                    writer.add(labels, chunks);
                }
                var summary = writer.finish();
                meta = BlockMeta.of(
                        ID,
                        SmallBlock.START,
                        summary.lastMs() + 1,
                        summary.stats(),
                        new BlockMeta.Compaction(1, List.of(ID), List.of(), List.of()),
                        new BlockMeta.Thanos(Labels.of("a", "b"), 0, "test").withSegmentFiles(summary.segmentFiles()));
                writer.commit(meta);
            }
            new BlockUpload(false).upload(folder, meta, bucket, Instant.EPOCH);
            for (Bucket source : List.of(bucket, new FilesystemBucket(folder.resolveSibling("")))) {
                try (var block = BlockFiles.open(source, ID)) {
                    var series = new SeriesColumns();
                    var context = QueryContext.unlimited();
                    long[] refs = Postings.toArray(block.index().select(List.of(), context));
                    block.index().series(refs, 0, refs.length, series, context);
                    long[] chunkRefs = series.chunkRefs();
                    int last = expected.size() - 1;
                    for (int i = 0; i < last - i; i++) {
                        swap(chunkRefs, i, last - i);
                        swap(series.minMs(), i, last - i);
                        swap(series.maxMs(), i, last - i);
                    }
                    var records = new ChunkRecords();
                    block.chunks().read(series, 0, series.size(), records, context);
                    for (int i = 0; i <= last; i++) {
                        assertThat(records.chunk(i)).isEqualTo(expected.get(last - i));
                    }
                }
            }
        }
    }

    private static void swap(long[] values, int a, int b) {
        long value = values[a];
        values[a] = values[b];
        values[b] = value;
    }

    private static Chunk longChunk(long fromMs, RandomGenerator random) {
        var encoder = new XorEncoder();
        int samples = random.nextInt(1, 1500);
        for (int i = 0; i < samples; i++) {
            encoder.append(fromMs + i * SmallBlock.STEP_MS, random.nextDouble());
        }
        long lastMs = fromMs + (samples - 1) * SmallBlock.STEP_MS;
        return new EncodedChunk(ChunkEncoding.XOR, fromMs, lastMs, encoder.toBytes());
    }

    @Test
    void verify_ofASoundBlock_findsNothing() throws IOException {
        var random = SeededRandom.create("BlockFuzzTest.sound");
        Bucket bucket = new InMemoryBucket();
        var meta = SmallBlock.write(directory.resolve("b"), ID, Labels.of("a", "b"), 20, random);
        new BlockUpload(true).upload(directory.resolve("b"), meta, bucket, Instant.EPOCH);
        var report = BlockVerifier.verify(bucket, ID);
        assertThat(report.issues()).isEmpty();
        assertThat(report.sampleCount()).isEqualTo(meta.stats().numSamples());
        assertThat(report.isSound()).isTrue();
    }

    @Test
    void verify_ofADamagedBlock_findsIt() throws IOException {
        var random = SeededRandom.create("BlockFuzzTest.verify");
        Bucket bucket = new InMemoryBucket();
        var meta = SmallBlock.write(directory.resolve("b"), ID, Labels.of("a", "b"), 20, random);
        new BlockUpload(false).upload(directory.resolve("b"), meta, bucket, Instant.EPOCH);
        for (String file : List.of("index", "chunks/000001", "meta.json")) {
            String key = ID + "/" + file;
            byte[] good = bucket.readAll(key);
            for (int i = 0; i < 60; i++) {
                byte[] bytes = damaged(good, random);
                bucket.put(key, bytes, Bucket.Precondition.NONE);
                var issues = BlockVerifier.verify(bucket, ID).issues();
                if (!file.equals("meta.json") && !differsInZerosOnly(good, bytes)) {
                    assertThat(issues).isNotEmpty();
                }
            }
            bucket.put(key, good, Bucket.Precondition.NONE);
        }
    }

    /// Padding between sections is zeros that nothing covers.
    private static boolean differsInZerosOnly(byte[] good, byte[] bytes) {
        if (bytes.length != good.length) {
            return false;
        }
        for (int i = 0; i < good.length; i++) {
            if (good[i] != bytes[i] && good[i] != 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void cost_ofLatencyAndBandwidth_isTheirProduct() {
        assertThat(ReadCost.of(30, 50_000_000).gapBytesMax()).isEqualTo(1_500_000);
    }
}
