package io.meridian.tsdb;

import io.meridian.model.Labels;
import io.meridian.model.json.Json;
import io.meridian.testkit.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The blocks of the golden set that were written by Prometheus and Thanos, with their dumps.
public final class GoldenBlocks {
    /// @param path   the block's directory
    /// @param dump   what stands before `.series.jsonl.gz`
    /// @param header the file name of its index-header
    public record Golden(Path path, Path dump, Path header) {
        @Override
        public String toString() {
            return dump.getFileName().toString();
        }

        public Path file(String name) {
            return path.resolve(name);
        }

        public List<Map<String, @Nullable Object>> series() {
            return Shared.jsonLines(Path.of(dump + ".series.jsonl.gz"));
        }

        public List<Map<String, @Nullable Object>> samples() {
            return Shared.jsonLines(Path.of(dump + ".samples.jsonl.gz"));
        }
    }

    private GoldenBlocks() {}

    /// All blocks of all sets; empty where there is no golden data.
    public static List<Golden> all() {
        if (!Shared.isPresent()) {
            return List.of();
        }
        var blocks = new ArrayList<Golden>();
        Path root = Shared.require("golden/storage");
        for (String set : List.of("blocks", "downsampled", "compacted", "compacted-prometheus")) {
            collect(root, set, blocks);
        }
        return blocks;
    }

    private static void collect(Path root, String set, List<Golden> target) {
        Path base = root.resolve(set);
        try (Stream<Path> files = Files.walk(base)) {
            for (Path index : files.filter(path -> path.getFileName().toString().equals("index"))
                    .sorted()
                    .toList()) {
                Path block = index.resolveSibling("");
                Path relative = base.relativize(block);
                String name = relative.subpath(0, relative.getNameCount() - 1)
                        .toString()
                        .replace("/", "__");
                Path dumps = root.resolve("dumps").resolve(set);
                Path plain = dumps.resolve(name);
                String full =
                        Files.exists(Path.of(plain + ".series.jsonl.gz")) ? name : name + "__" + block.getFileName();
                target.add(new Golden(
                        block,
                        dumps.resolve(full),
                        root.resolve("index-headers").resolve(set + "__" + full + ".index-header")));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// Labels of a dump line.
    public static Labels labels(Map<String, @Nullable Object> line) {
        var pairs = new ArrayList<String>();
        for (Object pair : Json.asArray(line.get("labels"), "labels")) {
            for (Object part : Json.asArray(pair, "pair")) {
                pairs.add(Json.asString(part, "label"));
            }
        }
        return Labels.of(pairs.toArray(String[]::new));
    }
}
