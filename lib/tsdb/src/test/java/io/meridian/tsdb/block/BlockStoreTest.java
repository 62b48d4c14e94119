package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.testkit.SeededRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockStoreTest {
    private static final BlockId ID = BlockId.parse("01M16X3WR0BZCE9WC2V9FAB8XY");
    private static final BlockId PARTIAL = BlockId.parse("01M7XFGYYGKZA3HMK1PKHB8WQ5");
    private static final Labels EXTERNAL = Labels.of("cluster", "c1");

    @TempDir
    private Path directory = Path.of("");

    private final Bucket bucket = new InMemoryBucket();

    private BlockMeta upload(boolean hashes) throws IOException {
        var meta = SmallBlock.write(directory.resolve("b"), ID, EXTERNAL, 30, SeededRandom.create("BlockStoreTest"));
        Files.write(directory.resolve("b").resolve(Tombstones.FILE), Tombstones.NONE.encode());
        return new BlockUpload(hashes)
                .upload(directory.resolve("b"), meta, bucket, Instant.parse("2026-01-01T00:00:00.5Z"));
    }

    private List<String> keys() throws IOException {
        var keys = new ArrayList<String>();
        bucket.list("", object -> keys.add(object.key()));
        return keys;
    }

    @Test
    void metas_directoryTakesNoCopies_readsThemFromTheBucket() throws IOException {
        upload(false);
        Path file = Files.writeString(directory.resolve("file"), "x");
        Path kept = Files.createDirectories(directory.resolve("kept"));
        Files.writeString(kept.resolve(ID.toString()), "x");
        Files.writeString(
                Files.createDirectories(kept.resolve(PARTIAL.toString())).resolve("notes.txt"), "x");

        for (Path copies : List.of(file, kept)) {
            var store = new BlockStore(bucket, copies);
            var metas = store.metas(BlockStore.complete(store.discover()));

            assertThat(metas.found()).containsOnlyKeys(ID);
            assertThat(metas.failures()).isEmpty();
        }
    }

    @Test
    void upload_ofALocalBlock_listsItsFilesAndComesBackTheSame() throws IOException {
        var uploaded = upload(true);
        assertThat(keys()).containsExactly(ID + "/chunks/000001", ID + "/index", ID + "/meta.json");
        assertThat(uploaded.thanos().files())
                .extracting(BlockMeta.FileEntry::path)
                .containsExactly("chunks/000001", "index", "meta.json");
        assertThat(uploaded.thanos().files().getFirst().hash()).isNotNull();
        assertThat(uploaded.thanos().uploadTime()).isEqualTo("2026-01-01T00:00:00.5Z");
        Path copy = directory.resolve("copy");
        assertThat(BlockDownload.download(bucket, ID, copy)).isEqualTo(uploaded);
        for (String file : List.of("index", "chunks/000001")) {
            assertThat(copy.resolve(file))
                    .hasSameBinaryContentAs(directory.resolve("b").resolve(file));
        }
        assertThat(Files.readAllBytes(copy.resolve("meta.json"))).isEqualTo(uploaded.encode());
    }

    @Test
    void upload_whenTheGuardThrows_leavesNoMeta() throws IOException {
        var meta = SmallBlock.write(directory.resolve("b"), ID, EXTERNAL, 3, SeededRandom.create("BlockStoreTest"));
        var upload = new BlockUpload(
                false,
                () -> {
                    throw new IOException("lease lost");
                },
                Bucket.Precondition.ABSENT);
        assertThatThrownBy(() -> upload.upload(directory.resolve("b"), meta, bucket, Instant.EPOCH))
                .hasMessage("lease lost");
        assertThat(keys()).doesNotContain(ID + "/meta.json");
    }

    @Test
    void upload_withoutExternalLabels_isRefused() throws IOException {
        var meta =
                SmallBlock.write(directory.resolve("b"), ID, Labels.empty(), 3, SeededRandom.create("BlockStoreTest"));
        assertThatThrownBy(() -> new BlockUpload(false).upload(directory.resolve("b"), meta, bucket, Instant.EPOCH))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("external labels");
    }

    @Test
    void discover_ofABucket_tellsWholePartialAndMarkedBlocksApart() throws IOException {
        upload(false);
        bucket.put(PARTIAL + "/index", new byte[5], Bucket.Precondition.NONE);
        bucket.put("debug/metas/" + PARTIAL + ".json", new byte[1], Bucket.Precondition.NONE);
        bucket.put(
                ID.toString().toLowerCase(java.util.Locale.ROOT) + "/meta.json", new byte[1], Bucket.Precondition.NONE);
        var store = new BlockStore(bucket, null);
        assertThat(store.mark(BlockMark.deletion(ID, "why", 7))).isTrue();
        assertThat(store.mark(BlockMark.deletion(ID, "later", 9))).isFalse();
        var blocks = store.discover();
        assertThat(blocks).containsOnlyKeys(ID, PARTIAL);
        var block = java.util.Objects.requireNonNull(blocks.get(ID));
        assertThat(block.isComplete()).isTrue();
        assertThat(block.marks()).containsExactly(BlockMark.Kind.DELETION);
        assertThat(block.sizeBytes("index")).isEqualTo(Files.size(directory.resolve("b/index")));
        assertThat(java.util.Objects.requireNonNull(blocks.get(PARTIAL)).isComplete())
                .isFalse();
        assertThat(store.mark(ID, BlockMark.Kind.DELETION)).isEqualTo(BlockMark.deletion(ID, "why", 7));
        assertThat(store.mark(PARTIAL, BlockMark.Kind.DELETION)).isNull();
        store.unmark(ID, BlockMark.Kind.DELETION);
        assertThat(store.mark(ID, BlockMark.Kind.DELETION)).isNull();
    }

    @Test
    void metas_readTwice_areReadOnceAndSurviveARestart() throws IOException {
        var uploaded = upload(false);
        bucket.put(PARTIAL + "/meta.json", new byte[] {'{'}, Bucket.Precondition.NONE);
        Path cache = directory.resolve("cache");
        var store = new BlockStore(bucket, cache);
        var metas = store.metas(store.discover().values());
        assertThat(metas.found()).containsOnlyKeys(ID).containsValue(uploaded);
        assertThat(metas.failures()).containsOnlyKeys(PARTIAL);
        var blocks = store.discover().values();
        bucket.delete(ID + "/meta.json");
        assertThat(store.metas(blocks).found()).containsValue(uploaded);
        assertThat(new BlockStore(bucket, cache).metas(blocks).found()).containsValue(uploaded);
        var after = new BlockStore(bucket, cache);
        assertThat(after.metas(after.discover().values()).found()).isEmpty();
        assertThat(cache.resolve(ID.toString())).doesNotExist();
    }

    @Test
    void delete_ofABlock_leavesNothing() throws IOException {
        upload(false);
        var store = new BlockStore(bucket, null);
        store.mark(BlockMark.deletion(ID, "", 7));
        bucket.put(PARTIAL + "/index", new byte[5], Bucket.Precondition.NONE);
        store.delete(ID);
        assertThat(keys()).containsExactly(PARTIAL + "/index");
    }
}
