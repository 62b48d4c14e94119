package io.meridian.compactor;

import io.meridian.model.CorruptDataException;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockUpload;
import io.meridian.tsdb.block.BlockVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// Brings a new block into the bucket: it is verified before, uploaded with meta.json last, and looked at after.
public final class BlockCommit {
    private final Bucket bucket;
    private final boolean withHashes;
    private final BlockUpload.Guard guard;

    /// @param guard runs just before meta.json is written
    public BlockCommit(Bucket bucket, boolean withHashes, BlockUpload.Guard guard) {
        this.bucket = bucket;
        this.withHashes = withHashes;
        this.guard = guard;
    }

    /// @param directory the block's, named by its identity
    /// @param samples   that it must hold
    /// @throws CommitException if the block is not what it should be; nothing was uploaded then
    public BlockMeta commit(Path directory, BlockMeta meta, long samples, Instant now) throws IOException {
        verify(directory, meta, samples);
        var uploaded = new BlockUpload(withHashes, guard, Bucket.Precondition.NONE)
                .uploadUnchecked(directory, meta, bucket, now);
        confirm(uploaded);
        return uploaded;
    }

    /// As [#commit(Path, BlockMeta, long, Instant)], of a block whose objects are in the bucket already.
    ///
    /// @param written the block as the bucket has it
    /// @param files   what was written
    BlockMeta commit(
            Block written,
            BlockMeta meta,
            List<BlockMeta.FileEntry> files,
            long samples,
            Instant now,
            Runnable beforeCommit)
            throws IOException {
        var sizes = BlockFiles.sizes(bucket, meta.id());
        check(BlockVerifier.verify(bucket, written, sizes), meta, samples);
        beforeCommit.run();
        var uploaded = new BlockUpload(withHashes, guard, Bucket.Precondition.NONE).commit(meta, files, bucket, now);
        confirm(uploaded);
        return uploaded;
    }

    private static void verify(Path directory, BlockMeta meta, long samples) throws IOException {
        var parent = directory.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("not a block directory: " + directory);
        }
        check(BlockVerifier.verify(new FilesystemBucket(parent), meta.id()), meta, samples);
    }

    private static void check(BlockVerifier.Report report, BlockMeta meta, long samples) {
        if (!report.isSound()) {
            throw new CommitException("new block " + meta.id() + " is not sound and was not committed: "
                    + report.issues().getFirst().getMessage());
        }
        if (report.sampleCount() != samples || meta.stats().numSamples() != samples) {
            throw new CommitException(
                    "new block %s has another number of samples and was not committed: expected=%d, written=%d, read=%d"
                            .formatted(meta.id(), samples, meta.stats().numSamples(), report.sampleCount()));
        }
    }

    /// A writer that stood still for days finds its files cleaned up. Nobody else writes this block, and nobody could
    /// read it.
    private void withdrawUnlessWhole(BlockMeta meta) throws IOException {
        for (var file : meta.thanos().files()) {
            // a listing may be older than the files: they are asked for by name
            if (!bucket.exists(BlockFiles.key(meta.id(), file.path()))) {
                bucket.delete(BlockFiles.key(meta.id(), BlockMeta.FILE));
                return;
            }
        }
    }

    /// The bucket has every object of the block, with its size.
    private void confirm(BlockMeta meta) throws IOException {
        var sizes = BlockFiles.sizes(bucket, meta.id());
        for (var file : meta.thanos().files()) {
            Long size = sizes.get(file.path());
            if (size == null || (file.sizeBytes() > 0 && size != file.sizeBytes())) {
                withdrawUnlessWhole(meta);
                throw new IOException("block %s is not whole in the bucket: %s, expected=%d, actual=%s"
                        .formatted(meta.id(), file.path(), file.sizeBytes(), size));
            }
        }
        String key = BlockFiles.key(meta.id(), BlockMeta.FILE);
        try {
            if (!BlockMeta.parse(key, bucket.readAll(key)).id().equals(meta.id())) {
                throw new IOException(key + " is not what was written");
            }
        } catch (CorruptDataException e) {
            throw new IOException(key + " is not what was written", e);
        }
    }
}
