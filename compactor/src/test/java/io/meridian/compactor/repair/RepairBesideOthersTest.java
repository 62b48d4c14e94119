package io.meridian.compactor.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.ForwardingBucket;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.testkit.SeededRandom;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A repair looks at what else is in the bucket, and at what others do there meanwhile.
class RepairBesideOthersTest {
    private static final RepairOptions APPLIED = RepairOptions.PROPOSE.applied();

    @TempDir
    private Path directory;

    private final InMemoryBucket bucket = new InMemoryBucket();
    private BlockId broken = BlockId.generate(0);
    private int runs;

    @BeforeEach
    void breakBlock() throws IOException {
        broken = add(0);
        SmallBlocks.flip(bucket, BlockFiles.key(broken, "chunks/000001"), 40);
    }

    private BlockId add(int number) throws IOException {
        return new SmallBlocks(directory.resolve("made"))
                .add(bucket, SmallBlocks.A, number, 3, SeededRandom.create("RepairBesideOthersTest"));
    }

    private RepairReport run(Bucket through, RepairOptions options) throws IOException {
        return new BlockRepair(
                        through, options, directory.resolve("scratch" + runs++), Instant.ofEpochSecond(2_000_000_000L))
                .run(broken);
    }

    private TreeSet<String> keys() throws IOException {
        var keys = new TreeSet<String>();
        bucket.list("", object -> keys.add(object.key()));
        return keys;
    }

    private void change(BlockId id, UnaryOperator<BlockMeta> change) throws IOException {
        String key = BlockFiles.key(id, BlockMeta.FILE);
        var meta = change.apply(BlockMeta.parse(key, bucket.readAll(key)));
        bucket.put(key, meta.encode(), Bucket.Precondition.NONE);
    }

    private static BlockMeta.Compaction compaction(BlockId source, List<BlockMeta.Parent> parents) {
        return new BlockMeta.Compaction(1, List.of(source), parents, List.of());
    }

    @Test
    void run_markedForDeletion_changesNothing() throws IOException {
        new BlockStore(bucket, null).mark(BlockMark.deletion(broken, "by hand", 1));
        var before = keys();

        assertThat(run(bucket, APPLIED).verdict()).isEqualTo(RepairReport.Verdict.SOUND);
        assertThat(keys()).isEqualTo(before);
    }

    @Test
    void run_interruptedBeforeTheOldBlockWasMarked_takesTheBlockThatIsThere() throws IOException {
        var repaired = run(bucket, APPLIED).repaired();
        new BlockStore(bucket, null).unmark(broken, BlockMark.Kind.DELETION);
        var before = keys();

        assertThat(run(bucket, APPLIED).repaired()).isEqualTo(repaired);

        before.add(BlockFiles.key(broken, BlockMark.Kind.DELETION.file()));
        assertThat(keys()).isEqualTo(before);
    }

    @Test
    void run_anotherBlockWasMadeOfIt_isNotTakenForItsRepair() throws IOException {
        var merged = add(1);
        change(
                merged,
                meta -> meta.withCompaction(
                        compaction(merged, List.of(new BlockMeta.Parent(broken, meta.minTimeMs(), meta.maxTimeMs())))));

        assertThat(run(bucket, APPLIED).repaired()).isNotNull().isNotEqualTo(merged);
    }

    @Test
    void run_metaOfAnotherBlock_isNotBelieved() throws IOException {
        var other = add(1);
        change(broken, meta -> meta.withId(other).withCompaction(compaction(other, List.of())));

        assertThat(run(bucket, APPLIED).verdict()).isEqualTo(RepairReport.Verdict.HOPELESS);
    }

    @Test
    void run_retiredByOthersMeanwhile_bringsInNoBlock() throws IOException {
        var before = keys();
        var others = new ForwardingBucket(bucket) {
            @Override
            public Upload upload(String key, Precondition precondition) throws IOException {
                if (key.endsWith("/index")) {
                    new BlockStore(bucket, null).mark(BlockMark.deletion(broken, "by others", 1));
                }
                return super.upload(key, precondition);
            }
        };

        assertThatThrownBy(() -> run(others, APPLIED)).isInstanceOf(IOException.class);

        var metas = keys();
        metas.removeIf(key -> !key.endsWith("/" + BlockMeta.FILE));
        before.removeIf(key -> !key.endsWith("/" + BlockMeta.FILE));
        assertThat(metas).isEqualTo(before);
    }

    /// The broken block becomes a 5m one with losses; beside it is a raw block with the same sources.
    private RepairReport besideRaw(Labels labels, long resolutionMs, boolean isRetired) throws IOException {
        var raw = add(0);
        change(
                raw,
                meta -> meta.withThanos(new BlockMeta.Thanos(labels, resolutionMs, "sidecar")
                                .withSegmentFiles(List.of("000001")))
                        .withCompaction(compaction(broken, List.of())));
        if (isRetired) {
            new BlockStore(bucket, null).mark(BlockMark.deletion(raw, "by hand", 1));
        }
        change(
                broken,
                meta -> meta.withThanos(new BlockMeta.Thanos(SmallBlocks.A, 3_600_000, "compactor")
                        .withSegmentFiles(List.of("000001"))));
        return run(bucket, RepairOptions.PROPOSE);
    }

    @Test
    void run_finerBlockIsThere_letsItBeMadeAgain() throws IOException {
        assertThat(besideRaw(SmallBlocks.A, 0, false).verdict()).isEqualTo(RepairReport.Verdict.REMAKE);
    }

    @Test
    void run_blockBesideIsNotFiner_salvages() throws IOException {
        assertThat(besideRaw(SmallBlocks.A, 3_600_000, false).verdict()).isNotEqualTo(RepairReport.Verdict.REMAKE);
    }

    @Test
    void run_finerBlockIsOfAnotherStream_salvages() throws IOException {
        assertThat(besideRaw(Labels.of("cluster", "other"), 0, false).verdict())
                .isNotEqualTo(RepairReport.Verdict.REMAKE);
    }

    @Test
    void run_finerBlockIsMarkedForDeletion_salvages() throws IOException {
        assertThat(besideRaw(SmallBlocks.A, 0, true).verdict()).isNotEqualTo(RepairReport.Verdict.REMAKE);
    }
}
