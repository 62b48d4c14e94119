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
import java.util.stream.Stream;

/// One replica's data directory: which blocks were made, which may go.
final class DemoReplica {
    private static final String UNTIL_FILE = "made-until";

    private final Replica replica;
    private final ReplicaSource source;
    private final Path directory;

    /// @param startMs where its data begins
    DemoReplica(Replica replica, Path directory, long startMs, Clock clock) throws IOException {
        this.replica = replica;
        this.directory = directory;
        this.source = new ReplicaSource(replica, startMs, clock);
        Files.createDirectories(directory.resolve("wal"));
        if (!Files.exists(directory.resolve(UNTIL_FILE))) {
            setMadeUntil(startMs);
        }
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
    long madeUntilMs() throws IOException {
        return Long.parseLong(Files.readString(directory.resolve(UNTIL_FILE)).strip());
    }

    private void setMadeUntil(long timeMs) throws IOException {
        Path temporary = directory.resolve(UNTIL_FILE + ".tmp");
        Files.writeString(temporary, Long.toString(timeMs));
        Files.move(
                temporary,
                directory.resolve(UNTIL_FILE),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /// Makes the next block. A block that was half made before goes first.
    void makeNextBlock() throws IOException {
        long fromMs = madeUntilMs();
        for (Path block : blocks()) {
            if (!Files.exists(block.resolve("meta.json"))) {
                deleteTree(block);
            }
        }
        // The identity follows from time and labels, so that a block made twice is the same block.
        long low = Noise.bits(fromMs, replica.external().hashCode());
        var id = new BlockId((fromMs + BlockMaker.BLOCK_SPAN_MS) << 16 | (low & 0xFFFF), low);
        if (!Files.exists(directory.resolve(id.toString()))) {
            BlockMaker.write(source, directory, fromMs, id);
        }
        setMadeUntil(fromMs + BlockMaker.BLOCK_SPAN_MS);
    }

    /// Blocks that the sidecar has listed as uploaded.
    int uploadedCount() throws IOException {
        String list = uploadedList();
        int count = 0;
        for (Path block : blocks()) {
            if (list.contains(block.getFileName().toString())) {
                count++;
            }
        }
        return count;
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
