package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `meta.json` says of a block. Its presence makes a block complete.
///
/// Members that this version does not know are kept in the `unknown` maps and written again after the known ones.
///
/// @param minTimeMs milliseconds since the epoch, inclusive
/// @param maxTimeMs milliseconds since the epoch, exclusive
/// @param isPlain   whether there is no `thanos` part, as in a block that Prometheus wrote; [#thanos] is then empty
public record BlockMeta(
        BlockId id,
        long minTimeMs,
        long maxTimeMs,
        Stats stats,
        Compaction compaction,
        Thanos thanos,
        boolean isPlain,
        Map<String, @Nullable Object> unknown) {
    /// Name of the object below the block's folder.
    public static final String FILE = "meta.json";

    /// The only version there is.
    public static final int VERSION = 1;

    public BlockMeta {
        unknown = frozen(unknown);
    }

    /// @throws CorruptDataException if the bytes are not such a document, or of another version
    public static BlockMeta parse(String resource, byte[] json) {
        return BlockMetaJson.parse(resource, json);
    }

    /// As Prometheus writes it (no final newline) if it is plain, else as Thanos does (with one).
    public byte[] encode() {
        return BlockMetaJson.encode(this);
    }

    /// A block that is to be written, with external labels.
    public static BlockMeta of(
            BlockId id, long minTimeMs, long maxTimeMs, Stats stats, Compaction compaction, Thanos thanos) {
        return new BlockMeta(id, minTimeMs, maxTimeMs, stats, compaction, thanos, false, Map.of());
    }

    public BlockMeta withId(BlockId newId) {
        return new BlockMeta(newId, minTimeMs, maxTimeMs, stats, compaction, thanos, isPlain, unknown);
    }

    public BlockMeta withTimes(long newMinTimeMs, long newMaxTimeMs) {
        return new BlockMeta(id, newMinTimeMs, newMaxTimeMs, stats, compaction, thanos, isPlain, unknown);
    }

    public BlockMeta withStats(Stats newStats) {
        return new BlockMeta(id, minTimeMs, maxTimeMs, newStats, compaction, thanos, isPlain, unknown);
    }

    public BlockMeta withCompaction(Compaction newCompaction) {
        return new BlockMeta(id, minTimeMs, maxTimeMs, stats, newCompaction, thanos, isPlain, unknown);
    }

    /// Also makes it a block that is not plain.
    public BlockMeta withThanos(Thanos newThanos) {
        return new BlockMeta(id, minTimeMs, maxTimeMs, stats, compaction, newThanos, false, unknown);
    }

    private static Map<String, @Nullable Object> frozen(Map<String, @Nullable Object> map) {
        return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /// How much the block holds.
    public record Stats(
            long numSamples,
            long numFloatSamples,
            long numHistogramSamples,
            long numSeries,
            long numChunks,
            long numTombstones,
            Map<String, @Nullable Object> unknown) {
        public static final Stats EMPTY = new Stats(0, 0, 0, 0, 0, 0, Map.of());

        public Stats {
            unknown = frozen(unknown);
        }

        public Stats(
                long numSamples,
                long numFloatSamples,
                long numHistogramSamples,
                long numSeries,
                long numChunks,
                long numTombstones) {
            this(numSamples, numFloatSamples, numHistogramSamples, numSeries, numChunks, numTombstones, Map.of());
        }
    }

    /// Where the block's data came from.
    ///
    /// @param sources the blocks of level 1 that went into it, ascending
    /// @param parents the blocks it was made from directly
    /// @param hints   such as `from-out-of-order`
    public record Compaction(
            int level,
            List<BlockId> sources,
            boolean deletable,
            List<Parent> parents,
            boolean failed,
            List<String> hints,
            Map<String, @Nullable Object> unknown) {
        public Compaction {
            sources = List.copyOf(sources);
            parents = List.copyOf(parents);
            hints = List.copyOf(hints);
            unknown = frozen(unknown);
        }

        public Compaction(int level, List<BlockId> sources, List<Parent> parents, List<String> hints) {
            this(level, sources, false, parents, false, hints, Map.of());
        }
    }

    /// @param minTimeMs inclusive
    /// @param maxTimeMs exclusive
    public record Parent(BlockId id, long minTimeMs, long maxTimeMs) {}

    /// The part that Thanos added.
    ///
    /// @param version      0 where absent, which means 1
    /// @param labels       external labels
    /// @param resolutionMs 0, 300000 or 3600000
    /// @param source       what wrote it, such as `sidecar` or `compactor`
    /// @param segmentFiles names below `chunks/`, in the order that chunk references count them; may be empty
    /// @param files        what was uploaded; may be empty
    /// @param rewrites     as it stands in the document
    /// @param extensions   as it stands in the document
    /// @param uploadTime   RFC 3339; [#TIME_UNSET] where not known
    public record Thanos(
            int version,
            Labels labels,
            long resolutionMs,
            String source,
            List<String> segmentFiles,
            List<FileEntry> files,
            List<@Nullable Object> rewrites,
            IndexStats indexStats,
            @Nullable Object extensions,
            String uploadTime,
            Map<String, @Nullable Object> unknown) {
        /// Go's zero time.
        public static final String TIME_UNSET = "0001-01-01T00:00:00Z";

        public static final Thanos EMPTY = new Thanos(Labels.empty(), 0, "");

        public Thanos {
            segmentFiles = List.copyOf(segmentFiles);
            files = List.copyOf(files);
            rewrites = Collections.unmodifiableList(rewrites);
            unknown = frozen(unknown);
        }

        public Thanos(Labels labels, long resolutionMs, String source) {
            this(
                    0,
                    labels,
                    resolutionMs,
                    source,
                    List.of(),
                    List.of(),
                    List.of(),
                    IndexStats.UNKNOWN,
                    null,
                    TIME_UNSET,
                    Map.of());
        }

        /// When it was uploaded, or null where that is not known.
        public @Nullable Instant uploadInstant() {
            return BlockMetaJson.instantOrNull(uploadTime);
        }

        public Thanos withLabels(Labels newLabels) {
            return copy(newLabels, source, segmentFiles, files, indexStats, extensions, uploadTime);
        }

        public Thanos withSource(String newSource) {
            return copy(labels, newSource, segmentFiles, files, indexStats, extensions, uploadTime);
        }

        public Thanos withSegmentFiles(List<String> newSegmentFiles) {
            return copy(labels, source, newSegmentFiles, files, indexStats, extensions, uploadTime);
        }

        public Thanos withIndexStats(IndexStats newIndexStats) {
            return copy(labels, source, segmentFiles, files, newIndexStats, extensions, uploadTime);
        }

        public Thanos withExtensions(@Nullable Object newExtensions) {
            return copy(labels, source, segmentFiles, files, indexStats, newExtensions, uploadTime);
        }

        public Thanos withUpload(List<FileEntry> newFiles, Instant time) {
            return copy(labels, source, segmentFiles, newFiles, indexStats, extensions, BlockMetaJson.rfc3339(time));
        }

        public Thanos withResolutionMs(long newResolutionMs) {
            return new Thanos(
                    version,
                    labels,
                    newResolutionMs,
                    source,
                    segmentFiles,
                    files,
                    rewrites,
                    indexStats,
                    extensions,
                    uploadTime,
                    unknown);
        }

        private Thanos copy(
                Labels newLabels,
                String newSource,
                List<String> newSegmentFiles,
                List<FileEntry> newFiles,
                IndexStats newIndexStats,
                @Nullable Object newExtensions,
                String newUploadTime) {
            return new Thanos(
                    version,
                    newLabels,
                    resolutionMs,
                    newSource,
                    newSegmentFiles,
                    newFiles,
                    rewrites,
                    newIndexStats,
                    newExtensions,
                    newUploadTime,
                    unknown);
        }
    }

    /// One object of the block.
    ///
    /// @param path      below the block's folder
    /// @param sizeBytes 0 where not given
    /// @param hash      null where not computed
    public record FileEntry(
            String path, long sizeBytes, @Nullable Hash hash) {}

    /// @param function `SHA256`
    /// @param value    in lower-case hexadecimal digits
    public record Hash(String function, String value) {}

    /// Lower bounds that help to guess lengths; 0 where not known.
    ///
    /// @param seriesBytesMax of a series entry in the index
    /// @param chunkBytesMax  of a chunk in a segment
    public record IndexStats(long seriesBytesMax, long chunkBytesMax) {
        public static final IndexStats UNKNOWN = new IndexStats(0, 0);
    }
}
