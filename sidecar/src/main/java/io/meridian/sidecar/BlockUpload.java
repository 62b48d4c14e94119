package io.meridian.sidecar;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.objstore.ObjectInfo;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Uploads one block: links its files aside, so that Prometheus may delete it meanwhile; checks that it can be read;
/// uploads chunks and index; checks what arrived; and uploads meta.json last, which makes the block complete.
final class BlockUpload {
    private static final long PIECE_BYTES = 8L << 20;
    private static final String CHUNKS = "chunks";

    private final Bucket bucket;
    private final Path scratch;
    private final UploadOptions options;
    private final InstantSource clock;

    /// @param scratch folder on Prometheus' file system for the links
    BlockUpload(Bucket bucket, Path scratch, UploadOptions options, InstantSource clock) {
        this.bucket = bucket;
        this.scratch = scratch;
        this.options = options;
        this.clock = clock;
    }

    /// @param source         the block's folder
    /// @param externalLabels added to what the block already has
    /// @throws CorruptDataException if the block is damaged: trying again will not help
    /// @throws IOException          if the bucket or the disk failed
    void run(Path source, BlockMeta local, Labels externalLabels) throws IOException {
        Path folder = scratch.resolve(local.id().toString());
        deleteTree(folder);
        try {
            List<String> segments = link(source, folder);
            check(local);
            var thanos = local.thanos()
                    .withLabels(local.thanos().labels().overriddenBy(externalLabels))
                    .withSource("sidecar")
                    .withSegmentFiles(segments);
            if (thanos.labels().isEmpty()) {
                throw new IOException("block " + local.id() + " has no external labels");
            }
            BlockMeta meta = local.withThanos(thanos.withUpload(files(folder, segments), clock.instant()));
            // A new file: the one in Prometheus' folder must not change.
            BlockWriter.writeMeta(folder, meta);
            upload(folder, meta, segments);
        } finally {
            deleteTree(folder);
        }
    }

    private static List<String> link(Path source, Path folder) throws IOException {
        Files.createDirectories(folder.resolve(CHUNKS));
        List<String> segments;
        try (Stream<Path> entries = Files.list(source.resolve(CHUNKS))) {
            segments =
                    entries.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (java.nio.file.NoSuchFileException e) {
            throw new CorruptDataException(source.toString(), -1, "block has no folder " + CHUNKS);
        }
        for (String segment : segments) {
            Files.createLink(
                    folder.resolve(CHUNKS).resolve(segment),
                    source.resolve(CHUNKS).resolve(segment));
        }
        if (!Files.exists(source.resolve(BlockFiles.INDEX))) {
            throw new CorruptDataException(source.toString(), -1, "block has no " + BlockFiles.INDEX);
        }
        Files.createLink(folder.resolve(BlockFiles.INDEX), source.resolve(BlockFiles.INDEX));
        Files.copy(source.resolve(BlockMeta.FILE), folder.resolve(BlockMeta.FILE));
        return segments;
    }

    /// Opens the block as its readers will: damaged blocks must not reach the bucket.
    private void check(BlockMeta local) throws IOException {
        try (var directory = new FilesystemBucket(scratch);
                Block block = BlockFiles.open(directory, local.id())) {
            if (block.meta().stats().numSeries() < 0) {
                throw new CorruptDataException(local.id().toString(), -1, "negative number of series");
            }
        }
    }

    private List<BlockMeta.FileEntry> files(Path folder, List<String> segments) throws IOException {
        var entries = new ArrayList<BlockMeta.FileEntry>();
        for (String segment : segments) {
            entries.add(entry(folder, CHUNKS + "/" + segment));
        }
        entries.add(entry(folder, BlockFiles.INDEX));
        entries.add(new BlockMeta.FileEntry(BlockMeta.FILE, 0, null));
        return entries;
    }

    private BlockMeta.FileEntry entry(Path folder, String path) throws IOException {
        Path file = folder.resolve(path);
        return new BlockMeta.FileEntry(path, Files.size(file), options.sha256() ? sha256(file) : null);
    }

    private static BlockMeta.@Nullable Hash sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                    Arena arena = Arena.ofConfined()) {
                MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
                for (long at = 0; at < all.byteSize(); at += PIECE_BYTES) {
                    digest.update(all.asSlice(at, Math.min(PIECE_BYTES, all.byteSize() - at))
                            .asByteBuffer());
                }
            }
            return new BlockMeta.Hash("SHA256", HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("this JDK has no SHA-256", e);
        }
    }

    private void upload(Path folder, BlockMeta meta, List<String> segments) throws IOException {
        BlockId id = meta.id();
        uploadSegments(folder, id, segments);
        put(folder.resolve(BlockFiles.INDEX), BlockFiles.key(id, BlockFiles.INDEX));
        verify(meta);
        bucket.put(BlockFiles.key(id, BlockMeta.FILE), meta.encode(), Bucket.Precondition.NONE);
    }

    private void uploadSegments(Path folder, BlockId id, List<String> segments) throws IOException {
        var permits = new java.util.concurrent.Semaphore(Math.max(1, options.concurrency()));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = new ArrayList<Future<Boolean>>();
            for (String segment : segments) {
                Callable<Boolean> task = () -> {
                    permits.acquire();
                    try {
                        put(folder.resolve(CHUNKS).resolve(segment), BlockFiles.key(id, CHUNKS + "/" + segment));
                        return true;
                    } finally {
                        permits.release();
                    }
                };
                tasks.add(threads.submit(task));
            }
            for (Future<Boolean> task : tasks) {
                task.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while uploading " + id);
        }
    }

    private void put(Path file, String key) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Arena arena = Arena.ofShared();
                Bucket.Upload upload = bucket.upload(key, Bucket.Precondition.NONE)) {
            long size = channel.size();
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            for (long at = 0; at < size; at += PIECE_BYTES) {
                upload.write(all.asSlice(at, Math.min(PIECE_BYTES, size - at)));
            }
            upload.commit();
        }
    }

    /// What the bucket has must be what meta.json is going to promise.
    private void verify(BlockMeta meta) throws IOException {
        String prefix = meta.id() + "/";
        Map<String, Long> sizes = new HashMap<>();
        bucket.list(
                prefix, (ObjectInfo object) -> sizes.put(object.key().substring(prefix.length()), object.sizeBytes()));
        for (BlockMeta.FileEntry file : meta.thanos().files()) {
            if (file.path().equals(BlockMeta.FILE)) {
                continue;
            }
            Long actual = sizes.get(file.path());
            if (actual == null || actual != file.sizeBytes()) {
                throw new IOException("%s: uploaded %s%s: expected=%d bytes, actual=%s"
                        .formatted(bucket.name(), prefix, file.path(), file.sizeBytes(), actual));
            }
        }
    }

    static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
