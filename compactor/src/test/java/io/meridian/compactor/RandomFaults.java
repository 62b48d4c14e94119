package io.meridian.compactor;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.ObjectNotFoundException;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// Does something to one block of a bucket, anything.
final class RandomFaults {
    private final Bucket bucket;
    private final List<BlockId> ids;
    private final BlockId block;
    private final RandomGenerator random;

    /// @param ids   of the group
    /// @param block of these
    RandomFaults(Bucket bucket, List<BlockId> ids, BlockId block, RandomGenerator random) {
        this.bucket = bucket;
        this.ids = ids;
        this.block = block;
        this.random = random;
    }

    /// @return what was done; empty if nothing came of it
    String apply() throws IOException {
        String only = System.getProperty("tests.faults", "");
        int kind = only.isEmpty() ? random.nextInt(16) : Integer.parseInt(only);
        try {
            return switch (kind) {
                case 0, 1, 2 -> "file " + file();
                case 3, 4, 5 -> "index " + index();
                case 6, 7, 8 -> "chunk " + chunk();
                case 9, 10, 11, 12 -> meta();
                case 13 -> "mark " + mark();
                case 14 -> "copy " + copy();
                default -> "foreign " + foreign();
            };
        } catch (RuntimeException | ObjectNotFoundException e) {
            // The file is damaged already.
            return "";
        }
    }

    private String key(String file) {
        return BlockFiles.key(block, file);
    }

    private void put(String key, byte[] bytes) throws IOException {
        bucket.put(key, bytes, Bucket.Precondition.NONE);
    }

    private List<String> segments(BlockId of) throws IOException {
        var segments = new ArrayList<String>();
        bucket.list(of + "/chunks/", object -> segments.add(object.key().substring(BlockId.LENGTH + 1)));
        return segments;
    }

    private static <T> T any(List<T> of, RandomGenerator random) {
        return of.get(random.nextInt(of.size()));
    }

    private String file() throws IOException {
        String file = random.nextInt(3) == 0 ? "index" : any(segments(block), random);
        byte[] bytes = bucket.readAll(key(file));
        int way = random.nextInt(13);
        switch (way) {
            case 0 -> put(key(file), new byte[0]);
            case 1 -> bucket.delete(key(file));
            case 2 -> put(key(file), Arrays.copyOf(bytes, random.nextInt(bytes.length)));
            case 3 -> {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                put(key(file), bytes);
            }
            case 4 -> put(key(file), Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(100)));
            case 5 -> {
                random.nextBytes(bytes);
                put(key(file), bytes);
            }
            case 6 -> {
                var other = any(ids, random);
                put(key(file), bucket.readAll(BlockFiles.key(other, file)));
                return file + " of " + other;
            }
            case 7 -> put(key("chunks/000009"), bytes);
            case 8 -> {
                bucket.delete(key(file));
                put(key(file + "/x"), bytes);
            }
            case 9 -> {
                bytes[4] = (byte) random.nextInt(256);
                put(key(file), bytes);
            }
            case 10 -> put(key(file), Arrays.copyOf(bytes, Math.min(bytes.length, 3 + random.nextInt(8))));
            case 11 ->
                put(key("chunks/" + any(List.of("0", "abc", "000001.tmp", "-1", "9".repeat(14)), random)), bytes);
            default -> put(key(file), bucket.readAll(key(any(segments(block), random))));
        }
        return file + " "
                + List.of(
                                "empty",
                                "missing",
                                "cut",
                                "flipped",
                                "longer",
                                "noise",
                                "of another",
                                "once more",
                                "a folder",
                                "version",
                                "tiny",
                                "odd name",
                                "another file")
                        .get(way);
    }

    private String index() throws IOException {
        var surgery = new BlockSurgery(bucket.readAll(key("index")));
        BlockSurgery.Part part;
        String name;
        switch (random.nextInt(7)) {
            case 0 -> {
                part = surgery.symbols();
                name = "symbols";
            }
            case 1 -> {
                part = surgery.toc();
                name = "toc";
            }
            case 2 -> {
                part = surgery.postingsTable();
                name = "table";
            }
            case 3 -> {
                part = any(surgery.postings(), random);
                name = "postings";
            }
            default -> {
                part = any(surgery.series(), random);
                name = "series";
            }
        }
        name += change(surgery, part);
        put(key("index"), surgery.bytes());
        return name;
    }

    private String chunk() throws IOException {
        String file = any(segments(block), random);
        var surgery = new BlockSurgery(bucket.readAll(key(file)));
        var part = any(surgery.chunks(), random);
        String what;
        switch (random.nextInt(5)) {
            case 0 -> {
                int encoding = random.nextInt(8);
                surgery.set(part, 0, encoding);
                what = " encoding " + encoding;
            }
            case 1 -> {
                int count = random.nextInt(3) == 0 ? 0 : random.nextInt(200);
                surgery.set(part, 2, count);
                what = " count " + count;
            }
            case 2 -> {
                surgery.bytes()[part.from() - 1] = (byte) random.nextInt(256);
                what = " length";
            }
            default -> what = change(surgery, part);
        }
        put(key(file), surgery.bytes());
        return file + what;
    }

    private String change(BlockSurgery surgery, BlockSurgery.Part part) {
        byte[] bytes = surgery.bytes();
        int at = part.from() + random.nextInt(part.length());
        int way = random.nextInt(8);
        switch (way) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) 0xff;
            case 2 -> bytes[at] = 0;
            case 3 -> Arrays.fill(bytes, at, Math.min(part.end(), at + 12), (byte) (random.nextBoolean() ? 0xff : 0));
            case 4 -> {
                int other = part.from() + random.nextInt(part.length());
                byte kept = bytes[at];
                bytes[at] = bytes[other];
                bytes[other] = kept;
            }
            case 5 -> bytes[at] += (byte) (random.nextBoolean() ? 1 : -1);
            case 6 -> {
                for (int i = at; i < Math.min(part.end(), at + 8); i++) {
                    bytes[i] = (byte) random.nextInt(256);
                }
            }
            default ->
                System.arraycopy(Arrays.copyOfRange(bytes, part.from(), part.end()), 0, bytes, at, part.end() - at);
        }
        surgery.seal(part);
        return " way " + way + " at " + (at - part.from()) + "/" + part.length();
    }

    private String meta() throws IOException {
        if (random.nextInt(25) == 0) {
            bucket.delete(key(BlockMeta.FILE));
            return "meta missing";
        }
        if (random.nextInt(25) == 0) {
            var other = any(ids, random);
            put(key(BlockMeta.FILE), bucket.readAll(BlockFiles.key(other, BlockMeta.FILE)));
            return "meta of " + other;
        }
        var changed = RandomMetas.change(bucket.readAll(key(BlockMeta.FILE)), ids, random);
        put(key(BlockMeta.FILE), changed.getValue());
        return "meta " + changed.getKey();
    }

    private String mark() throws IOException {
        var kind = any(List.of(BlockMark.Kind.values()), random);
        long now = CompactorHarness.START / 1000 + 86_400 * 20;
        var reason = random.nextBoolean() ? Quarantine.REASON : "manual";
        byte[] sound = kind == BlockMark.Kind.DELETION
                ? BlockMark.deletion(block, "by hand", now).encode()
                : new BlockMark(kind, block, "by hand", now, reason).encode();
        switch (random.nextInt(6)) {
            case 0 -> {
                put(key(kind.file()), sound);
                return kind + " sound";
            }
            case 1 -> {
                String text =
                        any(List.of("", "null", "[]", "{", "{}", "garbage", "[".repeat(100_000), "\u0000"), random);
                put(key(kind.file()), text.getBytes(StandardCharsets.UTF_8));
                return kind + " " + text.substring(0, Math.min(9, text.length()));
            }
            case 2 -> {
                put(key(kind.file() + "/x"), sound);
                return kind + " a folder";
            }
            default -> {
                var changed = RandomMetas.change(sound, ids, random);
                put(key(kind.file()), changed.getValue());
                return kind + " " + changed.getKey();
            }
        }
    }

    /// The block a second time, in another folder.
    private String copy() throws IOException {
        var other = random.nextInt(4) == 0
                ? BlockId.parse("0".repeat(BlockId.LENGTH))
                : new BlockId(block.timeMs() + random.nextInt(3) - 1 << 16, random.nextLong());
        var keys = new ArrayList<String>();
        bucket.list(block + "/", object -> keys.add(object.key()));
        int way = random.nextInt(6);
        for (String key : keys) {
            String file = key.substring(BlockId.LENGTH + 1);
            byte[] bytes = bucket.readAll(key);
            if (file.equals(BlockMeta.FILE)) {
                var meta = BlockMeta.parse(key, bytes).withId(other);
                bytes = switch (way) {
                    case 0 -> bytes;
                    case 1 -> meta.encode();
                    case 2 ->
                        meta.withCompaction(compaction(meta, List.of(other))).encode();
                    case 3 -> meta.withCompaction(compaction(meta, ids)).encode();
                    case 4 ->
                        meta.withTimes(meta.minTimeMs(), meta.maxTimeMs() + CompactorHarness.HOUR)
                                .encode();
                    default ->
                        meta.withThanos(meta.thanos().withLabels(FuzzedGroups.HEALTHY))
                                .encode();
                };
            }
            if (file.equals("index") && random.nextInt(6) == 0) {
                bytes[random.nextInt(bytes.length)] ^= 1;
            }
            put(other + "/" + file, bytes);
        }
        return other + " way " + way;
    }

    private static BlockMeta.Compaction compaction(BlockMeta meta, List<BlockId> sources) {
        return new BlockMeta.Compaction(meta.compaction().level(), sources, List.of(), List.of());
    }

    private String foreign() throws IOException {
        byte[] bytes = bucket.readAll(key("index"));
        String name = any(
                List.of(
                        block + "/chunks/000001/x",
                        block + "/index.tmp",
                        block + "/meta.json.tmp",
                        block + "/meta.json/x",
                        block + "/" + block + "/meta.json",
                        block + "/no-compact-mark.json/x",
                        block + "/deletion-mark.json/x",
                        block.toString().toLowerCase(java.util.Locale.ROOT) + "/meta.json",
                        "debug/metas/" + block + ".json",
                        "markers/" + block + "-deletion-mark.json",
                        "0".repeat(BlockId.LENGTH) + "/index",
                        "7".repeat(BlockId.LENGTH) + "/meta.json",
                        "Z".repeat(BlockId.LENGTH) + "/meta.json",
                        "tmp/x",
                        "\u00e4\ud83d\ude00"),
                random);
        put(name, bytes);
        return name;
    }
}
