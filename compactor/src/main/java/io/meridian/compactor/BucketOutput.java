package io.meridian.compactor;

import io.meridian.compactor.merge.BlockOutput;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockStore;
import io.meridian.tsdb.block.BlockWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A new block that is written straight into the bucket, part by part, within the limits of its group. Unless its
/// commit begins, what was written is taken away again.
final class BucketOutput implements BlockOutput, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(BucketOutput.class);

    private final BlockStore store;
    private final BlockId id;
    private final Path scratch;
    private final boolean withHashes;
    private final WorkLimits limits;
    private final UnfinishedBlocks unfinished;
    private long inputScratchBytes;
    private long heldBytes;
    private @Nullable BlockWriter writer;
    private boolean isBegun;
    private boolean isCommitting;

    BucketOutput(BlockStore store, BlockId id, Path scratch, boolean withHashes, WorkLimits limits) {
        this.store = store;
        this.id = id;
        this.scratch = scratch;
        this.withHashes = withHashes;
        this.limits = limits;
        this.unfinished = new UnfinishedBlocks(store.bucket());
    }

    /// Counts temporary files of the inputs.
    void addInputScratch(long bytes) throws BudgetException {
        inputScratchBytes += bytes;
        limits.checkScratch(inputScratchBytes);
    }

    @Override
    public BlockWriter open(Iterable<String> symbols) throws IOException {
        unfinished.begin(id);
        isBegun = true;
        var opened = new BlockWriter(
                store.bucket(), id, scratch.resolve("output"), withHashes, limits.postingsRefs(), symbols);
        writer = opened;
        return opened;
    }

    @Override
    public void hold(long bytes) {
        heldBytes += bytes;
    }

    @Override
    public void progress() throws IOException {
        if (writer != null) {
            limits.checkScratch(inputScratchBytes + writer.spoolBytes());
            limits.checkMemory(heldBytes + writer.retainedBytes());
        }
    }

    /// What was written, once the writer has finished.
    List<BlockMeta.FileEntry> files() {
        return writer == null ? List.of() : writer.files();
    }

    /// From now on the block may be in the bucket.
    void beginCommit() {
        isCommitting = true;
    }

    /// The block is in the bucket.
    void endCommit() {
        unfinished.end(id);
    }

    @Override
    public void close() {
        if (!isBegun || isCommitting) {
            return;
        }
        try {
            store.delete(id);
            if (isGone()) {
                unfinished.end(id);
            }
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("block", id)
                    .setCause(e)
                    .log("what was written of an unfinished block could not be deleted; it is cleaned up later");
        }
    }

    /// A listing may have been older than what was written: then the note stays, and the rest goes later.
    private boolean isGone() throws IOException {
        var bucket = store.bucket();
        return !bucket.exists(BlockFiles.key(id, BlockFiles.INDEX))
                && !bucket.exists(BlockFiles.key(id, "chunks/000001"));
    }
}
