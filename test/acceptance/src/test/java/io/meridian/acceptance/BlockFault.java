package io.meridian.acceptance;

import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.Bucket.Precondition;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Ways in which a block in a bucket can be broken.
enum BlockFault {
    META_CUT("meta.json"),
    META_EMPTY("meta.json"),
    META_MISSING("meta.json"),
    META_GARBAGE("meta.json"),
    META_FUTURE_VERSION("meta.json"),
    META_OTHER_ULID("meta.json"),
    META_OF_ANOTHER_BLOCK("meta.json"),
    META_WITHOUT_THANOS("meta.json"),
    META_UNKNOWN_RESOLUTION("meta.json"),
    INDEX_CUT("index"),
    INDEX_EMPTY("index"),
    INDEX_MISSING("index"),
    INDEX_HEAD_FLIPPED("index"),
    INDEX_SYMBOL_FLIPPED("index"),
    INDEX_SERIES_FLIPPED("index"),
    INDEX_POSTINGS_FLIPPED("index"),
    INDEX_CONTENTS_FLIPPED("index"),
    INDEX_OF_ANOTHER_BLOCK("index"),
    CHUNKS_CUT("chunks/000001"),
    CHUNKS_EMPTY("chunks/000001"),
    CHUNKS_MISSING("chunks/000001"),
    CHUNKS_FLIPPED("chunks/000001"),
    CHUNKS_OF_ANOTHER_BLOCK("chunks/000001"),
    TOMBSTONES_GARBAGE("tombstones"),
    NO_COMPACT_MARK_GARBAGE("no-compact-mark.json"),
    DELETION_MARK_GARBAGE("deletion-mark.json"),
    FOREIGN_OBJECT("notes.txt"),
    FOREIGN_FOLDER("backup/000001");

    private final String file;

    BlockFault(String file) {
        this.file = file;
    }

    /// Whether the block's samples can still be answered for.
    boolean isHarmless() {
        return switch (this) {
            case TOMBSTONES_GARBAGE, NO_COMPACT_MARK_GARBAGE, DELETION_MARK_GARBAGE, FOREIGN_OBJECT, FOREIGN_FOLDER ->
                true;
            default -> false;
        };
    }

    /// Whether meta.json still tells the block's external labels and times.
    boolean keepsMeta() {
        return !file.equals(BlockMeta.FILE);
    }

    /// Breaks the block `id`.
    ///
    /// @param other a sound block of the same group
    void apply(Bucket bucket, BlockId id, BlockId other) throws IOException {
        String key = BlockFiles.key(id, file);
        switch (this) {
            case META_CUT, INDEX_CUT, CHUNKS_CUT -> {
                byte[] bytes = bucket.readAll(key);
                put(bucket, key, Arrays.copyOf(bytes, bytes.length / 2));
            }
            case META_EMPTY, INDEX_EMPTY, CHUNKS_EMPTY -> put(bucket, key, new byte[0]);
            case META_MISSING, INDEX_MISSING, CHUNKS_MISSING -> bucket.delete(key);
            case META_FUTURE_VERSION -> replace(bucket, key, "\"version\": 1", "\"version\": 2");
            case META_OTHER_ULID -> {
                var meta = BlockMeta.parse(key, bucket.readAll(key));
                put(bucket, key, meta.withId(new BlockId(id.timeMs() << 16, 99)).encode());
            }
            case META_WITHOUT_THANOS -> {
                String text = new String(bucket.readAll(key), StandardCharsets.UTF_8);
                int at = text.indexOf(",\n\t\"thanos\"");
                put(bucket, key, (text.substring(0, at) + "\n}").getBytes(StandardCharsets.UTF_8));
            }
            case META_UNKNOWN_RESOLUTION -> replace(bucket, key, "\"resolution\": 0", "\"resolution\": 7");
            case INDEX_HEAD_FLIPPED -> flip(bucket, key, 2);
            case INDEX_SYMBOL_FLIPPED -> flip(bucket, key, 20);
            case INDEX_SERIES_FLIPPED -> flip(bucket, key, 130);
            case INDEX_POSTINGS_FLIPPED -> flipPostings(bucket, key);
            case INDEX_CONTENTS_FLIPPED ->
                flip(bucket, key, (int) bucket.stat(key).sizeBytes() - 20);
            case CHUNKS_FLIPPED -> flip(bucket, key, 100);
            case META_OF_ANOTHER_BLOCK, INDEX_OF_ANOTHER_BLOCK, CHUNKS_OF_ANOTHER_BLOCK ->
                put(bucket, key, bucket.readAll(BlockFiles.key(other, file)));
            case META_GARBAGE,
                    TOMBSTONES_GARBAGE,
                    NO_COMPACT_MARK_GARBAGE,
                    DELETION_MARK_GARBAGE,
                    FOREIGN_OBJECT,
                    FOREIGN_FOLDER -> put(bucket, key, "garbage".getBytes(StandardCharsets.UTF_8));
        }
    }

    /// External labels of the blocks of which one has this fault.
    Labels externalLabels() {
        return Labels.of("fault", name(), "region", "eu");
    }

    private static void put(Bucket bucket, String key, byte[] bytes) throws IOException {
        bucket.put(key, bytes, Precondition.NONE);
    }

    private static void flip(Bucket bucket, String key, int at) throws IOException {
        byte[] bytes = bucket.readAll(key);
        bytes[at] ^= 4;
        put(bucket, key, bytes);
    }

    /// Every list of postings, as the table of contents at the end tells where they are.
    private static void flipPostings(Bucket bucket, String key) throws IOException {
        byte[] bytes = bucket.readAll(key);
        var contents = ByteBuffer.wrap(bytes, bytes.length - 52, 52).slice();
        for (long at = contents.getLong(32) + 4; at < contents.getLong(40); at += 8) {
            bytes[(int) at] ^= 4;
        }
        put(bucket, key, bytes);
    }

    private static void replace(Bucket bucket, String key, String from, String to) throws IOException {
        String text = new String(bucket.readAll(key), StandardCharsets.UTF_8);
        if (!text.contains(from)) {
            throw new IllegalStateException("not in " + key + ": " + from);
        }
        put(bucket, key, text.replace(from, to).getBytes(StandardCharsets.UTF_8));
    }
}
