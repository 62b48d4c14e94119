package io.meridian.model.chunk;

import io.meridian.model.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// The chunks of the golden blocks: bytes from the segment files, samples from the dumps.
///
/// This module cannot use the test kit, which is built on it.
@NullMarked
final class GoldenChunks {
    /// One chunk as stored, with its number of samples by the dump.
    @SuppressWarnings("ArrayRecordComponent")
    record Stored(ChunkEncoding encoding, long minMs, long maxMs, int samples, byte[] bytes) {
        EncodedChunk chunk() {
            return new EncodedChunk(encoding, minMs, maxMs, bytes);
        }
    }

    /// One series: its chunks, and one list per sample: time, value, perhaps start timestamp;
    /// of downsampled data, one map of such lists per chunk instead.
    record Dumped(
            String name,
            String labels,
            List<Stored> chunks,
            List<List<@Nullable Object>> samples,
            List<@Nullable Object> aggregates) {}

    private GoldenChunks() {}

    static Path storage() {
        String given = System.getenv("MERIDIAN_SHARED");
        Path root = given != null
                ? Path.of(given)
                : Path.of(System.getProperty("meridian.root", "."))
                        .toAbsolutePath()
                        .normalize()
                        .resolveSibling("shared");
        Path storage = root.resolve("golden/storage");
        Assumptions.assumeTrue(Files.isDirectory(storage), () -> "no golden data here: " + storage);
        return storage;
    }

    /// Names of the dumps below `dumps/KIND`.
    static List<String> names(String kind) {
        try (Stream<Path> files = Files.list(storage().resolve("dumps").resolve(kind))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".series.jsonl.gz"))
                    .map(name -> name.substring(0, name.length() - ".series.jsonl.gz".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Every series of a block, in index order.
    static List<Dumped> read(String kind, String name) throws IOException {
        Path dumps = storage().resolve("dumps").resolve(kind);
        Path block = blockFolder(kind, name);
        List<Dumped> result = new ArrayList<>();
        List<byte[]> segments = new ArrayList<>();
        for (int i = 1; Files.exists(block.resolve("chunks/%06d".formatted(i))); i++) {
            segments.add(Files.readAllBytes(block.resolve("chunks/%06d".formatted(i))));
        }
        var series = lines(dumps.resolve(name + ".series.jsonl.gz"));
        var samples = lines(dumps.resolve(name + ".samples.jsonl.gz"));
        for (int i = 0; i < series.size(); i++) {
            List<Stored> chunks = new ArrayList<>();
            for (Object element : Json.asArray(series.get(i).get("chunks"), "chunks")) {
                chunks.add(stored(Json.asObject(element, "chunk"), segments));
            }
            List<List<@Nullable Object>> rows = new ArrayList<>();
            Object dumped = samples.get(i).get("samples");
            if (dumped != null) {
                for (Object row : Json.asArray(dumped, "samples")) {
                    rows.add(Json.asArray(row, "sample"));
                }
            }
            Object aggregates = samples.get(i).get("chunks");
            result.add(new Dumped(
                    name + " " + series.get(i).get("labels"),
                    String.valueOf(series.get(i).get("labels")),
                    chunks,
                    rows,
                    aggregates == null ? List.of() : Json.asArray(aggregates, "chunks")));
        }
        return result;
    }

    private static Path blockFolder(String kind, String name) throws IOException {
        Path folder = storage().resolve(kind).resolve(name.replace("__", "/"));
        if (Files.isDirectory(folder.resolve("chunks"))) {
            return folder;
        }
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.filter(path -> Files.isDirectory(path.resolve("chunks")))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no block in " + folder));
        }
    }

    private static Stored stored(Map<String, @Nullable Object> dump, List<byte[]> segments) throws IOException {
        long reference = number(dump.get("ref"));
        byte[] segment = segments.get((int) (reference >>> 32));
        int at = (int) reference;
        int length = 0;
        int shift = 0;
        byte next;
        do {
            next = segment[at++];
            length |= (next & 0x7F) << shift;
            shift += 7;
        } while (next < 0);
        byte[] bytes = new byte[length];
        System.arraycopy(segment, at + 1, bytes, 0, length);
        var crc = new CRC32C();
        crc.update(segment, at, length + 1);
        if (!"%08x".formatted(crc.getValue()).equals(dump.get("crc32c"))) {
            throw new IOException("wrong chunk at " + reference);
        }
        Object count = dump.get("n");
        return new Stored(
                ChunkEncoding.ofId(segment[at] & 0xFF),
                number(dump.get("mint")),
                number(dump.get("maxt")),
                count == null ? -1 : (int) number(count),
                bytes);
    }

    static long number(@Nullable Object json) {
        return Json.asLong(json, "number");
    }

    private static List<Map<String, @Nullable Object>> lines(Path file) throws IOException {
        try (var reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file), 1 << 16), StandardCharsets.UTF_8))) {
            return reader.lines().map(Json::parseObject).toList();
        }
    }
}
