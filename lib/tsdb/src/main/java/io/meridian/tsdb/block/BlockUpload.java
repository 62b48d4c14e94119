package io.meridian.tsdb.block;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.ObjectInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/// Brings a local block into a bucket: segments, then the index, then meta.json, which makes it visible.
///
/// @param withHashes     whether the meta data lists SHA-256 sums of the files
/// @param beforeMeta     runs just before meta.json is written; throwing stops the upload there (a lost lease)
/// @param metaCondition  when meta.json may be written
public record BlockUpload(boolean withHashes, Guard beforeMeta, Bucket.Precondition metaCondition) {
    private static final long STEP = 8 << 20;

    /// A last look before the block becomes visible.
    @FunctionalInterface
    public interface Guard {
        void check() throws IOException;
    }

    public BlockUpload(boolean withHashes) {
        this(withHashes, () -> {}, Bucket.Precondition.NONE);
    }

    /// Only the block's own files go up: what else lies in the directory, such as tombstones, stays.
    ///
    /// @param meta with external labels; its list of files and its upload time are set here
    /// @return the meta data as it was written
    /// @throws IllegalArgumentException if there are no external labels
    public BlockMeta upload(Path directory, BlockMeta meta, Bucket bucket, Instant now) throws IOException {
        if (meta.thanos().labels().isEmpty()) {
            throw new IllegalArgumentException("block " + meta.id()
                    + " has no external labels: two sources without any cannot be told apart in a bucket");
        }
        return uploadUnchecked(directory, meta, bucket, now);
    }

    /// As [#upload], also without external labels, for tools.
    public BlockMeta uploadUnchecked(Path directory, BlockMeta meta, Bucket bucket, Instant now) throws IOException {
        var entries = new ArrayList<BlockMeta.FileEntry>();
        for (String path : paths(directory, meta)) {
            entries.add(copy(directory.resolve(path), path, meta.id(), bucket));
        }
        return commit(meta, entries, bucket, now);
    }

    /// Writes meta.json, which makes a block complete whose other objects are in the bucket already.
    ///
    /// @param files  all of them but meta.json
    /// @return the meta data as it was written
    public BlockMeta commit(BlockMeta meta, List<BlockMeta.FileEntry> files, Bucket bucket, Instant now)
            throws IOException {
        var entries = new ArrayList<>(files);
        entries.add(new BlockMeta.FileEntry(BlockMeta.FILE, 0, null));
        entries.sort(Comparator.comparing(BlockMeta.FileEntry::path));
        var uploaded = meta.withThanos(meta.thanos().withUpload(entries, now));
        beforeMeta.check();
        bucket.put(BlockFiles.key(meta.id(), BlockMeta.FILE), uploaded.encode(), metaCondition);
        return uploaded;
    }

    private static List<String> paths(Path directory, BlockMeta meta) throws IOException {
        var paths = new ArrayList<String>();
        if (meta.thanos().segmentFiles().isEmpty()) {
            Path chunks = directory.resolve("chunks");
            if (Files.isDirectory(chunks)) {
                try (var files = Files.list(chunks)) {
                    files.map(file -> ChunkFormat.FOLDER + file.getFileName())
                            .sorted()
                            .forEach(paths::add);
                }
            }
        } else {
            meta.thanos().segmentFiles().forEach(name -> paths.add(ChunkFormat.FOLDER + name));
        }
        paths.add(BlockFiles.INDEX);
        return paths;
    }

    private BlockMeta.FileEntry copy(Path file, String path, BlockId id, Bucket bucket) throws IOException {
        String key = BlockFiles.key(id, path);
        var digest = ObjectSink.sha256();
        try (var channel = FileChannel.open(file, StandardOpenOption.READ);
                var arena = Arena.ofShared();
                var upload = bucket.upload(key, Bucket.Precondition.NONE)) {
            long size = channel.size();
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            for (long at = 0; at < size; at += STEP) {
                var step = bytes.asSlice(at, Math.min(STEP, size - at));
                if (withHashes) {
                    digest.update(step.asByteBuffer());
                }
                upload.write(step);
            }
            ObjectInfo object = upload.commit();
            if (object.sizeBytes() != size) {
                throw new IOException("upload of " + key + " came out with another size: expected=" + size + ", actual="
                        + object.sizeBytes());
            }
            var hash = withHashes ? new BlockMeta.Hash("SHA256", HexFormat.of().formatHex(digest.digest())) : null;
            return new BlockMeta.FileEntry(path, size, hash);
        }
    }
}
