package io.meridian.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// Where the real programs of other projects are: in the directory that `MERIDIAN_PEERS` names, then on `PATH`.
final class Peers {
    private Peers() {}

    /// Null where it is not installed.
    static @Nullable String find(String name) {
        var folders = new ArrayList<String>();
        String named = System.getenv("MERIDIAN_PEERS");
        if (named != null) {
            folders.add(named);
        }
        folders.addAll(List.of(System.getenv("PATH").split(":")));
        for (String folder : folders) {
            Path path = Path.of(folder, name);
            if (Files.isExecutable(path)) {
                return path.toString();
            }
        }
        return null;
    }

    /// Skips the calling test, with the reason, where a program is not installed.
    static String require(String name) {
        String path = find(name);
        Assumptions.assumeTrue(
                path != null,
                () -> "not installed: " + name + " (on PATH, or in the directory that MERIDIAN_PEERS names)");
        return String.valueOf(path);
    }

    /// The first line that `program --version` prints.
    static String version(String program) throws java.io.IOException {
        var process = new ProcessBuilder(program, "--version")
                .redirectErrorStream(true)
                .start();
        try (var reader = process.inputReader()) {
            return String.valueOf(reader.readLine());
        }
    }
}
