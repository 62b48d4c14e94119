package io.meridian.testkit;

import io.meridian.model.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// The folder of golden data beside the checkout. Tests that need it skip themselves where it is not.
public final class Shared {
    private Shared() {}

    /// The folder or file below `shared/`; skips the calling test, with a reason, if there is none.
    public static Path require(String relative) {
        Path path = root().resolve(relative);
        Assumptions.assumeTrue(Files.exists(path), () -> "no golden data here: " + path);
        return path;
    }

    public static boolean isPresent() {
        return Files.isDirectory(root());
    }

    private static Path root() {
        String given = System.getenv("MERIDIAN_SHARED");
        if (given != null) {
            return Path.of(given);
        }
        return Path.of(System.getProperty("meridian.root", "."))
                .toAbsolutePath()
                .normalize()
                .resolveSibling("shared");
    }

    /// The objects of a `.jsonl` or `.jsonl.gz` file, one per line.
    public static List<Map<String, @Nullable Object>> jsonLines(Path file) {
        try (Stream<String> lines = lines(file)) {
            return lines.filter(line -> !line.isBlank()).map(Json::parseObject).toList();
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            var in = Files.newInputStream(file);
            var plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
            return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8)).lines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
