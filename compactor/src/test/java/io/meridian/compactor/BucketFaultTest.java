package io.meridian.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.json.JsonWriter;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.objstore.ForwardingBucket;
import io.meridian.objstore.ForwardingUpload;
import io.meridian.objstore.ObjectInfo;
import io.meridian.objstore.PartialListingException;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The blocks are sound and the bucket is not: listings that are old or out of order, objects that it does not give
/// out, things that do not belong there.
class BucketFaultTest {
    private static final Labels A = Labels.of("cluster", "a");
    private static final Labels B = Labels.of("cluster", "b");
    private static final int BLOCKS = 6;
    private static final long SAMPLES = 3L * 120 * BLOCKS;

    @TempDir
    private Path directory;

    private CompactorHarness harness;
    private List<BlockId> ids = List.of();

    @BeforeEach
    void setUp() throws IOException {
        harness = new CompactorHarness(directory);
        ids = harness.addStream(A, BLOCKS);
        harness.addStream(B, BLOCKS);
    }

    /// Gives out everything but one object.
    private static final class Withholding extends ForwardingBucket {
        private final String key;

        Withholding(Bucket bucket, String key) {
            super(bucket);
            this.key = key;
        }

        private void check(String wanted) throws IOException {
            if (wanted.equals(key)) {
                throw new IOException("403 for " + key);
            }
        }

        @Override
        public byte[] readAll(String wanted) throws IOException {
            check(wanted);
            return super.readAll(wanted);
        }

        @Override
        public MemorySegment read(String wanted, long offset, long length, Arena arena) throws IOException {
            check(wanted);
            return super.read(wanted, offset, length, arena);
        }
    }

    /// Lists something else than what is there.
    private static final class Listing extends ForwardingBucket {
        private final UnaryOperator<List<ObjectInfo>> change;

        Listing(Bucket bucket, UnaryOperator<List<ObjectInfo>> change) {
            super(bucket);
            this.change = change;
        }

        @Override
        public void list(String prefix, Consumer<ObjectInfo> visitor) throws IOException {
            var all = new ArrayList<ObjectInfo>();
            super.list(prefix, all::add);
            change.apply(all).forEach(visitor);
        }
    }

    /// Says that it has a meta.json, and has lost it.
    private static final class Forgetful extends ForwardingBucket {
        Forgetful(Bucket bucket) {
            super(bucket);
        }

        @Override
        public Upload upload(String key, Precondition precondition) throws IOException {
            Upload upload = super.upload(key, precondition);
            if (!key.endsWith("/" + BlockMeta.FILE)) {
                return upload;
            }
            return new ForwardingUpload(upload) {
                @Override
                public ObjectInfo commit() throws IOException {
                    ObjectInfo written = super.commit();
                    delete(key);
                    return written;
                }
            };
        }
    }

    private static List<ObjectInfo> without(List<ObjectInfo> all, String key) {
        return all.stream().filter(object -> !object.key().equals(key)).toList();
    }

    private boolean run(Bucket through) throws IOException {
        return harness.compactor(through, CompactorOptions.DEFAULT).run();
    }

    private void assertBIsDone() throws IOException {
        assertThat(harness.rawSamples(B)).isEqualTo(SAMPLES);
        assertThat(harness.live())
                .filteredOn(meta -> meta.thanos().labels().equals(B))
                .anyMatch(meta -> meta.thanos().resolutionMs() == 300_000)
                .anyMatch(meta -> meta.compaction().level() > 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"meta.json", "index", "chunks/000001", "no-compact-mark.json"})
    void run_objectIsWithheld_isNamedAndCostsNothingElse(String file) throws IOException {
        String key = BlockFiles.key(ids.get(2), file);
        if (file.endsWith("-mark.json")) {
            var mark = new BlockMark(BlockMark.Kind.NO_COMPACT, ids.get(2), "", 1, BlockMark.REASON_MANUAL);
            harness.bucket.put(key, mark.encode(), Bucket.Precondition.NONE);
        }

        boolean ok = run(new Withholding(harness.bucket, key));

        assertThat(JsonWriter.compact(harness.status.toJson()))
                .contains(ids.get(2).toString())
                .contains("403 for " + key);
        assertThat(ok).isEqualTo(file.endsWith("-mark.json"));
        assertBIsDone();
        assertThat(harness.rawSamples(A)).isEqualTo(SAMPLES);
        run(harness.bucket);
        assertThat(harness.status.failedStreams()).isEmpty();
        assertThat(harness.rawSamples(A)).isEqualTo(SAMPLES);
    }

    @Test
    void run_writtenBlockIsLost_itsSourcesStay() throws IOException {
        assertThat(run(new Forgetful(harness.bucket))).isFalse();

        assertThat(JsonWriter.compact(harness.status.toJson())).contains("is not whole in the bucket");
        assertThat(harness.keys().keySet()).noneMatch(key -> key.endsWith(BlockMark.Kind.DELETION.file()));
        assertThat(harness.rawSamples(A)).isEqualTo(SAMPLES);
    }

    @Test
    void run_deletionMarkIsWithheld_holdsNobody() throws IOException {
        String key = BlockFiles.key(ids.get(2), BlockMark.Kind.DELETION.file());
        harness.bucket.put(key, BlockMark.deletion(ids.get(2), "", 1).encode(), Bucket.Precondition.NONE);

        run(new Withholding(harness.bucket, key));

        assertThat(JsonWriter.compact(harness.status.toJson())).contains("403 for " + key);
        assertBIsDone();
        assertThat(harness.keys()).containsKey(BlockFiles.key(ids.get(2), BlockMeta.FILE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"index", "chunks/000001"})
    void run_listingLacksAFile_marksNothing(String file) throws IOException {
        String key = BlockFiles.key(ids.get(2), file);

        run(new Listing(harness.bucket, all -> without(all, key)));

        assertThat(harness.keys()).doesNotContainKey(BlockFiles.key(ids.get(2), "no-compact-mark.json"));
        assertThat(harness.rawSamples(A)).isEqualTo(SAMPLES);
        assertBIsDone();
        run(harness.bucket);
        assertThat(harness.rawSamples(A)).isEqualTo(SAMPLES);
        assertThat(harness.status.toJson().get("quarantined")).isEqualTo(List.of());
    }

    @Test
    void run_listingLacksMetaOfAnOldBlock_deletesNothing() throws IOException {
        String key = BlockFiles.key(ids.get(2), BlockMeta.FILE);
        harness.nowMs += 100 * CompactorHarness.DAY;

        run(new Listing(harness.bucket, all -> without(all, key)));

        assertThat(harness.keys()).containsKeys(key, BlockFiles.key(ids.get(2), BlockFiles.INDEX));
        assertBIsDone();
    }

    @Test
    void run_listingIsOutOfOrderAndTwofold_worksAsEver() throws IOException {
        run(new Listing(harness.bucket, all -> {
            var shuffled = new ArrayList<>(all);
            shuffled.addAll(all);
            Collections.reverse(shuffled);
            return shuffled;
        }));

        assertThat(harness.rawSamples(A)).isEqualTo(SAMPLES);
        assertBIsDone();
        assertThat(harness.status.toJson().get("quarantined")).isEqualTo(List.of());
    }

    @Test
    void run_listingNamesWhatIsGone_worksAsEver() throws IOException {
        String key = BlockFiles.key(ids.get(5), BlockMeta.FILE);
        ObjectInfo gone = harness.bucket.stat(key);
        harness.bucket.delete(key);

        run(new Listing(harness.bucket, all -> {
            all.add(gone);
            return all;
        }));

        assertBIsDone();
    }

    @Test
    void run_deletionAtTheEndOfTime_isNotNow() throws IOException {
        String key = BlockFiles.key(ids.get(2), BlockMark.Kind.DELETION.file());
        for (long time : new long[] {Long.MAX_VALUE, Long.MAX_VALUE / 1000 + 1, 1L << 60}) {
            harness.bucket.put(key, BlockMark.deletion(ids.get(2), "", time).encode(), Bucket.Precondition.NONE);

            run(harness.bucket);

            assertThat(harness.keys()).containsKey(BlockFiles.key(ids.get(2), BlockMeta.FILE));
        }
    }

    @Test
    void run_blockFromTheFuture_isMergedAllTheSame() throws IOException {
        String key = BlockFiles.key(ids.get(2), BlockMeta.FILE);
        String json = new String(harness.bucket.readAll(key), StandardCharsets.UTF_8);
        harness.bucket.put(
                key,
                json.replaceAll("\"upload_time\": \"[^\"]*\"", "\"upload_time\": \"2999-01-01T00:00:00Z\"")
                        .getBytes(StandardCharsets.UTF_8),
                Bucket.Precondition.NONE);

        run(harness.bucket);

        assertThat(harness.live())
                .filteredOn(meta -> meta.thanos().labels().equals(A)
                        && meta.compaction().sources().contains(ids.get(2)))
                .anyMatch(meta -> meta.compaction().level() > 1);
        assertThat(harness.rawSamples(A)).isEqualTo(SAMPLES);
    }

    @Test
    void run_directoryWithThingsThatDoNotBelongThere_worksAsEver() throws IOException {
        Path root = Files.createDirectories(directory.resolve("bucket"));
        String block = ids.get(2).toString();
        String odd = "01ARZ3NDEKTSV4RRFFQ69G5FA";
        try (var bucket = new FilesystemBucket(root, false)) {
            for (String key : harness.keys().keySet()) {
                bucket.put(key, harness.bucket.readAll(key), Bucket.Precondition.NONE);
            }
            Files.createSymbolicLink(root.resolve("dangling"), Path.of("/nowhere/at/all"));
            Files.createSymbolicLink(root.resolve(block).resolve("circle"), root.resolve(block));
            Files.createSymbolicLink(root.resolve(block).resolve("self"), Path.of("self"));
            Files.createDirectories(root.resolve(odd + "0"));
            Files.createDirectories(root.resolve(odd + "1/meta.json/deeper"));
            Files.writeString(root.resolve(odd + "2"), "a file named like a block");
            Files.createDirectories(root.resolve(odd + "3/chunks"));
            Files.writeString(root.resolve(odd + "3/chunks/000001"), "");
            Files.writeString(root.resolve(odd.toLowerCase(java.util.Locale.ROOT) + "4"), "");
            Files.createDirectories(root.resolve(odd + "5"));
            Files.createSymbolicLink(root.resolve(odd + "5/meta.json"), Path.of("/nowhere/meta.json"));
            Files.createDirectories(root.resolve("lost+found/" + block));
            Files.writeString(root.resolve("meta.json"), "{}");
            Files.writeString(root.resolve(block).resolve("chunks/000002.tmp"), "half of a segment");
            Files.writeString(root.resolve(block).resolve("\u00e4\u4e2d.txt"), "");

            run(bucket);

            for (String key : harness.keys().keySet()) {
                harness.bucket.delete(key);
            }
            bucket.list("", object -> copy(bucket, object.key()));
        }
        assertThat(harness.rawSamples(A)).isEqualTo(SAMPLES);
        assertThat(harness.status.failedStreams()).isEmpty();
        assertThat(harness.live())
                .filteredOn(meta -> meta.thanos().labels().equals(A))
                .anyMatch(meta -> meta.compaction().level() > 1);
        assertBIsDone();
    }

    @Test
    void run_oldBlockWithoutSources_isDownsampledOnce() throws IOException {
        String key = BlockFiles.key(ids.get(2), BlockMeta.FILE);
        String json = new String(harness.bucket.readAll(key), StandardCharsets.UTF_8);
        String changed = json.replaceAll("\"sources\": \\[[^]]*]", "\"sources\": []");
        assertThat(changed).isNotEqualTo(json);
        for (String other : harness.keys().keySet()) {
            if (other.startsWith(ids.get(3).toString())) {
                // beside a hole nothing is merged
                harness.bucket.delete(other);
            }
        }
        harness.bucket.put(key, changed.getBytes(StandardCharsets.UTF_8), Bucket.Precondition.NONE);
        harness.nowMs += 100 * CompactorHarness.DAY;

        for (int pass = 0; pass < 2; pass++) {
            run(harness.bucket);
        }

        assertThat(harness.live().stream()
                        .filter(meta -> meta.thanos().labels().equals(A)
                                && meta.thanos().resolutionMs() == 300_000
                                && meta.minTimeMs() <= CompactorHarness.START + 4 * CompactorHarness.HOUR
                                && meta.maxTimeMs() > CompactorHarness.START + 4 * CompactorHarness.HOUR))
                .hasSize(1);
        assertBIsDone();
    }

    /// A directory in which some folders belong to somebody else.
    private static final class Locked extends ForwardingBucket {
        private final List<String> folders;

        Locked(Bucket bucket, List<String> folders) {
            super(bucket);
            this.folders = folders;
        }

        @Override
        public void list(String prefix, Consumer<ObjectInfo> visitor) throws IOException {
            super.list(prefix, object -> {
                if (folders.stream().noneMatch(object.key()::startsWith)) {
                    visitor.accept(object);
                }
            });
            var met = folders.stream()
                    .filter(folder -> folder.startsWith(prefix) || prefix.startsWith(folder))
                    .toList();
            if (!met.isEmpty()) {
                throw new PartialListingException(name(), met, new AccessDeniedException(met.getFirst()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "chunks/"})
    void run_folderMayNotBeLookedAt_isNamedAndCostsNothingElse(String folder) throws IOException {
        var before = harness.keys().keySet();
        String locked = BlockFiles.key(ids.get(2), folder);
        harness.nowMs += 100 * CompactorHarness.DAY;

        run(new Locked(harness.bucket, List.of("lost+found/", locked)));

        assertThat(harness.keys().keySet()).containsAll(before);
        assertThat(harness.keys()).doesNotContainKey(BlockFiles.key(ids.get(2), BlockMark.Kind.DELETION.file()));
        assertThat(JsonWriter.compact(harness.status.toJson())).contains("\"block\":\"" + ids.get(2) + "\"");
        assertBIsDone();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../x", "/etc/passwd", ".", "a//b", "x\\u0000y"})
    void run_metaNamesAFileOutsideOfTheBlock_costsNothingElse(String name) throws IOException {
        Path root = Files.createDirectories(directory.resolve("bucket"));
        try (var bucket = new FilesystemBucket(root, false)) {
            for (String key : harness.keys().keySet()) {
                bucket.put(key, harness.bucket.readAll(key), Bucket.Precondition.NONE);
            }
            String key = BlockFiles.key(ids.get(2), BlockMeta.FILE);
            String json = new String(bucket.readAll(key), StandardCharsets.UTF_8);
            bucket.put(
                    key,
                    json.replace("\"000001\"", "\"" + name + "\"").getBytes(StandardCharsets.UTF_8),
                    Bucket.Precondition.NONE);

            run(bucket);

            bucket.list("", object -> copy(bucket, object.key()));
        }
        assertThat(JsonWriter.compact(harness.status.toJson())).contains("\"block\":\"" + ids.get(2) + "\"");
        assertBIsDone();
    }

    private void copy(Bucket from, String key) {
        try {
            harness.bucket.put(key, from.readAll(key), Bucket.Precondition.NONE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
