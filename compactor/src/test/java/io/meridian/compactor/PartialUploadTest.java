package io.meridian.compactor;

import static io.meridian.compactor.CompactorHarness.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.json.JsonWriter;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.ForwardingBucket;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Folders without a meta.json, long after their last object was written.
class PartialUploadTest {
    private static final Labels A = Labels.of("cluster", "a");

    @TempDir
    private Path directory;

    private CompactorHarness harness() throws IOException {
        var harness = new CompactorHarness(directory);
        harness.addStream(A, 3);
        return harness;
    }

    private static BlockId block(CompactorHarness harness) throws IOException {
        return harness.live().get(1).id();
    }

    private static void pass(CompactorHarness harness) throws IOException {
        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();
    }

    @Test
    void run_metaWasLost_keepsTheRestAndNamesIt() throws IOException {
        var harness = harness();
        BlockId block = block(harness);
        harness.bucket.delete(BlockFiles.key(block, BlockMeta.FILE));

        pass(harness);

        assertThat(harness.keys()).containsKeys(BlockFiles.key(block, "index"), BlockFiles.key(block, "chunks/000001"));
        assertThat(JsonWriter.compact(harness.status.toJson()))
                .contains("\"block\":\"" + block + "\"")
                .contains("bucket repair");
    }

    @Test
    void run_uploadThatEndedAmongItsChunks_isCleanedUp() throws IOException {
        var harness = harness();
        BlockId block = block(harness);
        harness.bucket.delete(BlockFiles.key(block, BlockMeta.FILE));
        harness.bucket.delete(BlockFiles.key(block, "index"));

        pass(harness);

        assertThat(harness.keys()).doesNotContainKey(BlockFiles.key(block, "chunks/000001"));
    }

    @Test
    void run_foreignFilesInAFolderNamedLikeABlock_stay() throws IOException {
        var harness = harness();
        String key = BlockFiles.key(BlockId.generate(START), "notes.txt");
        harness.bucket.put(key, new byte[] {1}, Bucket.Precondition.NONE);

        pass(harness);

        assertThat(harness.keys()).containsKey(key);
    }

    /// What looks like a block without its meta.json is known to be the compactor's own.
    @Test
    void run_ownBlockWasNotFinished_isCleanedUp() throws IOException {
        var harness = new CompactorHarness(directory);
        harness.addStream(A, 5);
        var before = harness.keys().keySet();
        var dying = new ForwardingBucket(harness.bucket) {
            private boolean isDead;

            @Override
            public Upload upload(String key, Precondition precondition) throws IOException {
                isDead |= key.endsWith(BlockMeta.FILE);
                if (isDead) {
                    throw new IOException("died");
                }
                return super.upload(key, precondition);
            }

            @Override
            public void delete(String key) throws IOException {
                if (isDead) {
                    throw new IOException("died");
                }
                super.delete(key);
            }
        };
        try {
            harness.compactor(dying, CompactorOptions.DEFAULT).run();
        } catch (IOException died) {
            // The restart follows.
        }
        var left = new TreeSet<>(harness.keys().keySet());
        left.removeAll(before);
        assertThat(left)
                .anyMatch(key -> key.endsWith("/index"))
                .anyMatch(key -> key.startsWith(UnfinishedBlocks.PREFIX));

        pass(harness);
        pass(harness);

        left.removeIf(key -> key.startsWith("meridian/") && !key.startsWith(UnfinishedBlocks.PREFIX));
        assertThat(harness.keys().keySet()).doesNotContainAnyElementsOf(left);
        assertThat(harness.keys().keySet()).noneMatch(key -> key.startsWith(UnfinishedBlocks.PREFIX));
        assertThat(harness.status.toJson().get("quarantined")).isEqualTo(List.of());
    }
}
