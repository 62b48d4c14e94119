package io.meridian.cli.demo;

import io.meridian.model.Labels;
import io.meridian.tsdb.block.BlockId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One replica's data directory: which blocks were made, which may go.
final class DemoReplica {
    private static final Pattern BLOCK_ID = Pattern.compile("\"[0-7][0-9A-Z]{25}\"");
    private static final String UNTIL_FILE = "made-until";

    private final Replica replica;
    private final ReplicaSource source;
    private final Path directory;
    private volatile long madeUntilMs;

    /// @param startMs where its data begins
    DemoReplica(Replica replica, Path directory, long startMs, Clock clock) throws IOException {
        this.replica = replica;
        this.directory = directory;
        this.source = new ReplicaSource(replica, startMs, clock);
        Files.createDirectories(directory.resolve("wal"));
        if (!Files.exists(directory.resolve(UNTIL_FILE))) {
            setMadeUntil(startMs);
        }
        madeUntilMs =
                Long.parseLong(Files.readString(directory.resolve(UNTIL_FILE)).strip());
    }

    Labels external() {
        return replica.external();
    }

    Replica replica() {
        return replica;
    }

    ReplicaSource source() {
        return source;
    }

    /// The data directory, as Prometheus would have it.
    Path directory() {
        return directory;
    }

    /// End of the last block that was made, in milliseconds.
    long madeUntilMs() {
        return madeUntilMs;
    }

    /// Remembers that blocks up to a time were made.
    void setMadeUntil(long timeMs) throws IOException {
        Path temporary = directory.resolve(UNTIL_FILE + ".tmp");
        Files.writeString(temporary, Long.toString(timeMs));
        Files.move(
                temporary,
                directory.resolve(UNTIL_FILE),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        madeUntilMs = timeMs;
    }

    /// Removes blocks that were half made before.
    void deleteUnfinished() throws IOException {
        for (Path block : blocks()) {
            if (!Files.exists(block.resolve("meta.json"))) {
                deleteTree(block);
            }
        }
    }

    /// Whether the block is still to be made.
    boolean lacks(BlockMaker.Window window) {
        return window.fromMs() >= madeUntilMs
                && !Files.exists(directory.resolve(target(window).id().toString()));
    }

    /// The block to make. Its identity follows from time and labels, so that a block made twice is the same
    /// block.
    BlockMaker.Target target(BlockMaker.Window window) {
        long low = Noise.bits(window.fromMs(), replica.external().hashCode());
        var id = new BlockId(window.toMs() << 16 | (low & 0xFFFF), low);
        return new BlockMaker.Target(replica, directory, id);
    }

    /// Number of blocks that the sidecar has on record as uploaded. It forgets those that are deleted.
    int uploadedCount() throws IOException {
        return (int) BLOCK_ID.matcher(uploadedList()).results().count();
    }

    List<Path> blocks() throws IOException {
        var blocks = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (BlockId.isBlockId(entry.getFileName().toString())) {
                    blocks.add(entry);
                }
            }
        }
        return blocks;
    }

    /// Deletes uploaded blocks that end before a time, as a Prometheus with short retention would.
    void deleteBefore(long timeMs) throws IOException {
        String list = uploadedList();
        for (Path block : blocks()) {
            String name = block.getFileName().toString();
            if (BlockId.parse(name).timeMs() < timeMs && list.contains(name)) {
                deleteTree(block);
            }
        }
    }

    private String uploadedList() throws IOException {
        Path list = directory.resolve("thanos.shipper.json");
        return Files.exists(list) ? Files.readString(list) : "";
    }

    private static void deleteTree(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
