package io.meridian.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.TimeRange;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.ForwardingBucket;
import io.meridian.objstore.ForwardingUpload;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.objstore.ObjectInfo;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockUploaderTest {
    private static final Labels EXTERNAL = Labels.of("cluster", "c", "replica", "a");

    @TempDir
    Path directory;

    private final InMemoryBucket bucket = new InMemoryBucket();

    private BlockUploader uploader(Bucket target, UploadOptions options) {
        return new BlockUploader(directory, target, () -> EXTERNAL, options, InstantSource.system());
    }

    private static List<String> keys(Bucket source) throws IOException {
        var keys = new ArrayList<String>();
        source.list("", object -> keys.add(object.key()));
        return keys;
    }

    /// Fails uploads of keys with this ending, and notes the order of what succeeds.
    private static final class WatchedBucket extends ForwardingBucket {
        private final String failing;
        private final List<String> committed = new ArrayList<>();

        WatchedBucket(Bucket inner, String failing) {
            super(inner);
            this.failing = failing;
        }

        @Override
        public Upload upload(String key, Precondition precondition) throws IOException {
            if (!failing.isEmpty() && key.endsWith(failing)) {
                throw new IOException("no space for " + key);
            }
            return new ForwardingUpload(super.upload(key, precondition)) {
                @Override
                public ObjectInfo commit() throws IOException {
                    ObjectInfo info = super.commit();
                    synchronized (committed) {
                        committed.add(key);
                    }
                    return info;
                }
            };
        }
    }

    @Test
    void sync_newBlocks_arriveComplete_metaLast_localUntouched() throws Exception {
        BlockMeta first = TestBlocks.write(directory, 1, 1);
        BlockMeta second = TestBlocks.write(directory, 2, 1);
        Path localMeta = directory.resolve(first.id() + "/meta.json");
        String before = Files.readString(localMeta);
        var watched = new WatchedBucket(bucket, "");
        var options = new UploadOptions(false, false, true, 4, "thanos.shipper.json");
        assertThat(uploader(watched, options).sync()).isEqualTo(new BlockUploader.Round(2, 0));
        assertThat(watched.committed)
                .containsExactly(
                        first.id() + "/chunks/000001",
                        first.id() + "/index",
                        first.id() + "/meta.json",
                        second.id() + "/chunks/000001",
                        second.id() + "/index",
                        second.id() + "/meta.json");
        assertThat(Files.readString(localMeta)).isEqualTo(before);
        assertThat(directory.resolve("thanos/upload/" + first.id())).doesNotExist();
        BlockMeta uploaded = BlockMeta.parse("meta", bucket.readAll(first.id() + "/meta.json"));
        assertThat(uploaded.thanos().labels()).isEqualTo(EXTERNAL);
        assertThat(uploaded.thanos().source()).isEqualTo("sidecar");
        assertThat(uploaded.thanos().segmentFiles()).containsExactly("000001");
        assertThat(uploaded.thanos().files().stream().map(BlockMeta.FileEntry::path))
                .containsExactly("chunks/000001", "index", "meta.json");
        assertThat(uploaded.thanos().files().getFirst().hash()).isNotNull();
        try (Block block = BlockFiles.open(bucket, first.id());
                var set = block.select(
                        new Selection(List.of(LabelMatcher.equal("__name__", "metric")), TimeRange.ALL),
                        QueryContext.unlimited())) {
            assertThat(set.next())
                    .isNotNull()
                    .satisfies(series -> assertThat(series.labels())
                            .isEqualTo(Labels.of("__name__", "metric", "cluster", "c", "replica", "a")));
        }
    }

    @Test
    void sync_bucketLosesASegment_blockIsNotPublished() throws Exception {
        BlockMeta block = TestBlocks.write(directory, 1, 1);
        var forgetful = new ForwardingBucket(bucket) {
            @Override
            public void list(String prefix, Consumer<ObjectInfo> visitor) throws IOException {
                super.list(prefix, object -> {
                    if (!object.key().endsWith("/chunks/000001")) {
                        visitor.accept(object);
                    }
                });
            }
        };
        assertThatThrownBy(() -> uploader(forgetful, UploadOptions.DEFAULT).sync())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(block.id() + "/chunks/000001: expected=");
        assertThat(keys(bucket)).doesNotContain(block.id() + "/meta.json");
        assertThat(uploader(bucket, UploadOptions.DEFAULT).sync()).isEqualTo(new BlockUploader.Round(1, 0));
    }

    @Test
    void sync_again_uploadsNothing_recordForgetsDeletedBlocks() throws Exception {
        BlockMeta first = TestBlocks.write(directory, 1, 1);
        BlockMeta second = TestBlocks.write(directory, 2, 1);
        var uploader = uploader(bucket, UploadOptions.DEFAULT);
        uploader.sync();
        Path record = directory.resolve("thanos.shipper.json");
        assertThat(Files.readString(record))
                .isEqualTo("{\n\t\"version\": 1,\n\t\"uploaded\": [\n\t\t\"%s\",\n\t\t\"%s\"\n\t]\n}\n"
                        .formatted(first.id(), second.id()));
        assertThat(uploader.sync()).isEqualTo(new BlockUploader.Round(0, 0));
        BlockUpload.deleteTree(directory.resolve(first.id().toString()));
        uploader.sync();
        assertThat(Files.readString(record)).doesNotContain(first.id().toString());
        Files.writeString(record, "{ broken");
        assertThat(uploader.sync()).isEqualTo(new BlockUploader.Round(0, 0));
        assertThat(Files.readString(record)).contains(second.id().toString());
    }

    @Test
    void sync_bucketFails_stopsInOrder_andGoesOnLater() throws Exception {
        BlockMeta first = TestBlocks.write(directory, 1, 1);
        TestBlocks.write(directory, 2, 1);
        var failing = new WatchedBucket(bucket, first.id() + "/index");
        assertThatThrownBy(() -> uploader(failing, UploadOptions.DEFAULT).sync())
                .hasMessageContaining("no space for " + first.id());
        assertThat(keys(bucket)).noneMatch(key -> key.endsWith("meta.json"));
        assertThat(uploader(bucket, UploadOptions.DEFAULT).sync().uploaded()).isEqualTo(2);
    }

    @Test
    void sync_damagedBlocks_areNamed_andDoNotStopNewerOnes() throws Exception {
        BlockMeta noMeta = TestBlocks.write(directory, 1, 1);
        BlockMeta noIndex = TestBlocks.write(directory, 2, 1);
        BlockMeta flipped = TestBlocks.write(directory, 3, 1);
        BlockMeta good = TestBlocks.write(directory, 4, 1);
        Files.writeString(directory.resolve(noMeta.id() + "/meta.json"), "{");
        Files.delete(directory.resolve(noIndex.id() + "/index"));
        Path index = directory.resolve(flipped.id() + "/index");
        byte[] bytes = Files.readAllBytes(index);
        bytes[bytes.length / 2] ^= 1;
        bytes[10] ^= 1;
        Files.write(index, bytes);
        var uploader = uploader(bucket, UploadOptions.DEFAULT);
        assertThat(uploader.sync()).isEqualTo(new BlockUploader.Round(1, 3));
        assertThat(uploader.stuck()).containsOnlyKeys(noMeta.id(), noIndex.id(), flipped.id());
        assertThat(keys(bucket)).contains(good.id() + "/meta.json");
    }

    @Test
    void sync_compactedBlocks_onlyOnRequest_andWithoutOverlap() throws Exception {
        BlockMeta small = TestBlocks.write(directory, 1, 1);
        uploader(bucket, UploadOptions.DEFAULT).sync();
        BlockMeta overlapping = TestBlocks.write(directory, 1, 2);
        assertThat(uploader(bucket, UploadOptions.DEFAULT).sync().uploaded()).isZero();
        var compacted = new UploadOptions(true, false, false, 1, "thanos.shipper.json");
        assertThatThrownBy(() -> uploader(bucket, compacted).sync())
                .hasMessageContaining(overlapping.id() + " overlaps block " + small.id());
        BlockUpload.deleteTree(directory.resolve(overlapping.id().toString()));
        TestBlocks.write(directory, 5, 2);
        assertThat(uploader(bucket, compacted).sync().uploaded()).isEqualTo(1);
    }

    @Test
    void cleanUp_leftovers_areRemoved() throws Exception {
        Path left = Files.createDirectories(directory.resolve("thanos/upload/x/chunks"));
        Files.write(left.resolve("000001"), "x".getBytes(StandardCharsets.UTF_8));
        uploader(bucket, UploadOptions.DEFAULT).cleanUp();
        assertThat(directory.resolve("thanos/upload")).doesNotExist();
    }
}
