package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.json.Json;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.tsdb.GoldenBlocks;
import io.meridian.tsdb.GoldenBlocks.Golden;
import io.meridian.tsdb.bytes.Crc32c;
import io.meridian.tsdb.index.IndexReader;
import io.meridian.tsdb.index.Postings;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Whole blocks that Prometheus and Thanos wrote.
@ParameterizedClass(allowZeroInvocations = true, name = "{0}")
@MethodSource("blocks")
class GoldenBlockTest {
    private final Golden golden;

    GoldenBlockTest(Golden golden) {
        this.golden = golden;
    }

    static List<Golden> blocks() {
        return GoldenBlocks.all();
    }

    private Bucket bucket() {
        return new FilesystemBucket(golden.path().resolve("..").normalize());
    }

    private BlockId id() {
        return BlockId.parse(
                golden.path().getName(golden.path().getNameCount() - 1).toString());
    }

    private Block open() throws IOException {
        return BlockFiles.open(bucket(), id());
    }

    private static List<SeriesEntry> entries(Block block) throws IOException {
        var context = QueryContext.unlimited();
        long[] refs = Postings.toArray(block.index().select(List.of(), context));
        return block.index().series(refs, 0, refs.length, TimeRange.ALL, false, context);
    }

    @Test
    void chunks_ofAGoldenBlock_areAsDumped() throws IOException {
        var lines = golden.series();
        try (var block = open()) {
            var entries = entries(block);
            var all = block.chunks().read(entries, true, QueryContext.unlimited());
            assertThat(all).hasSameSizeAs(lines);
            for (int i = 0; i < all.size(); i++) {
                var expected = Json.asArray(lines.get(i).get("chunks"), "chunks");
                assertThat(all.get(i)).hasSameSizeAs(expected);
                for (int c = 0; c < expected.size(); c++) {
                    var line = Json.asObject(expected.get(c), "chunk");
                    var chunk = (EncodedChunk) all.get(i).get(c);
                    assertThat(chunk.encoding().id()).isEqualTo((int) Json.asLong(line.get("enc_id"), "enc_id"));
                    assertThat(chunk.length()).isEqualTo((int) Json.asLong(line.get("len"), "len"));
                    assertThat("%08x".formatted(crc(chunk))).isEqualTo(crcText(line.get("crc32c")));
                    if (line.get("b64") instanceof String b64) {
                        assertThat(chunk.copyBytes())
                                .isEqualTo(Base64.getDecoder().decode(b64));
                    }
                }
            }
        }
    }

    private static String crcText(@Nullable Object value) {
        return value instanceof Long number ? "%08x".formatted((int) (long) number) : String.valueOf(value);
    }

    private static int crc(EncodedChunk chunk) {
        var crc = new CRC32C();
        crc.update(chunk.encoding().id());
        crc.update(chunk.array(), chunk.offset(), chunk.length());
        return (int) crc.getValue();
    }

    @Test
    void copy_ofAGoldenBlock_isTheSameToTheByte(@TempDir Path directory) throws IOException {
        try (var block = open();
                var writer = new BlockWriter(directory, ((IndexReader) block.index()).symbols())) {
            var entries = entries(block);
            var all = block.chunks().read(entries, false, QueryContext.unlimited());
            for (int i = 0; i < all.size(); i++) {
                List<Chunk> chunks = all.get(i);
                writer.add(entries.get(i).labels(), chunks);
            }
            var summary = writer.finish();
            writer.commit(block.meta());
            var stats = block.meta().stats();
            assertThat(summary.stats().numSeries()).isEqualTo(stats.numSeries());
            assertThat(summary.stats().numChunks()).isEqualTo(stats.numChunks());
            assertThat(summary.stats().numSamples()).isEqualTo(stats.numSamples());
            if (block.meta().thanos().resolutionMs() == 0
                    && stats.numFloatSamples() + stats.numHistogramSamples() > 0) {
                assertThat(summary.stats().numFloatSamples()).isEqualTo(stats.numFloatSamples());
                assertThat(summary.stats().numHistogramSamples()).isEqualTo(stats.numHistogramSamples());
            }
            var indexStats = block.meta().thanos().indexStats();
            if (indexStats.seriesBytesMax() > 0) {
                assertThat(summary.indexStats().seriesBytesMax()).isEqualTo(indexStats.seriesBytesMax());
                if (summary.indexStats().chunkBytesMax() > 0) {
                    assertThat(summary.indexStats().chunkBytesMax()).isEqualTo(indexStats.chunkBytesMax());
                }
            }
            int version = ((IndexReader) block.index()).version();
            if (version == 2) {
                assertSame("index", directory);
            }
            for (String segment : summary.segmentFiles()) {
                assertSame("chunks/" + segment, directory);
            }
            if (version != 1) {
                assertSame(BlockMeta.FILE, directory);
            }
        }
    }

    @Test
    void verify_ofAGoldenBlock_findsNothing() throws IOException {
        var report = BlockVerifier.verify(bucket(), id());
        assertThat(report.issues()).isEmpty();
        try (var block = open()) {
            var lines = new ArrayList<String>();
            new BlockDump(block, lines::add).series(List.of(), TimeRange.ALL);
            assertThat(lines).hasSize((int) (report.seriesCount() + report.chunkCount()));
        }
    }

    @Test
    void samples_ofARawGoldenBlock_areAsDumped() throws IOException {
        var lines = golden.samples();
        try (var opened = open();
                // the dump shows what is stored, deleted or not
                var block = new Block(opened.meta(), opened.index(), opened.chunks(), Tombstones.NONE);
                var set = block.select(new Selection(List.of(), TimeRange.ALL), QueryContext.unlimited())) {
            if (block.meta().thanos().resolutionMs() > 0) {
                return;
            }
            for (var line : lines) {
                Series series = Objects.requireNonNull(set.next());
                assertThat(series.labels()).isEqualTo(GoldenBlocks.labels(line).overriddenBy(external(block)));
                var samples = new SampleBuffer();
                series.read(TimeRange.ALL, samples);
                assertSamples(series.labels(), samples, Json.asArray(line.get("samples"), "samples"));
            }
            assertThat(set.next()).isNull();
        }
    }

    /// The number that promtool counts.
    @Test
    void samples_ofTheBlockWithTombstones_areWithoutTheDeleted() throws IOException {
        try (var block = open();
                var set = block.select(new Selection(List.of(), TimeRange.ALL), QueryContext.unlimited())) {
            if (block.tombstones().isEmpty()) {
                return;
            }
            var samples = new SampleBuffer();
            for (var series = set.next(); series != null; series = set.next()) {
                series.read(TimeRange.ALL, samples);
            }
            assertThat(samples.size()).isEqualTo(3213);
            var lines = new ArrayList<String>();
            new BlockDump(block, lines::add).samples(List.of(), TimeRange.ALL);
            assertThat(lines).hasSize(3213);
        }
    }

    private static Labels external(Block block) {
        return block.meta().thanos().labels();
    }

    private static void assertSamples(Labels labels, SampleBuffer samples, List<@Nullable Object> expected) {
        assertThat(samples.size()).as(labels.toString()).isEqualTo(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            var sample = Json.asArray(expected.get(i), "sample");
            assertThat(samples.times()[i]).isEqualTo(Json.asLong(sample.get(0), "time"));
            long start = sample.size() > 2 ? Json.asLong(sample.get(2), "start") : 0;
            long[] starts = samples.startTimes();
            assertThat(starts == null ? 0 : starts[i]).isEqualTo(start);
            var histograms = samples.histograms();
            var histogram = histograms == null ? null : histograms.get(i);
            if (histogram == null) {
                assertThat(Double.doubleToRawLongBits(samples.values()[i]))
                        .isEqualTo(Long.parseUnsignedLong(Json.asString(sample.get(1), "value"), 16));
            } else {
                var line = Json.asObject(sample.get(1), "histogram");
                assertThat(Double.doubleToRawLongBits(histogram.sum()))
                        .isEqualTo(Long.parseUnsignedLong(Json.asString(line.get("sum"), "sum"), 16));
                assertThat(histogram.schema()).isEqualTo((int) Json.asLong(line.get("schema"), "schema"));
            }
        }
    }

    private void assertSame(String file, Path copy) throws IOException {
        var actual = Files.readAllBytes(copy.resolve(file));
        var expected = Files.readAllBytes(golden.file(file));
        assertThat(Crc32c.of(actual, 0, actual.length)).as(file).isEqualTo(Crc32c.of(expected, 0, expected.length));
        assertThat(actual).isEqualTo(expected);
    }
}
