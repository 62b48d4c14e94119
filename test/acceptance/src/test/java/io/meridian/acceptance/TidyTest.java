package io.meridian.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Habits of the house that no compiler checks.
class TidyTest {
    private static final int LINES_MAX = 700;
    private static final Path ROOT = Path.of(System.getProperty("meridian.root", "../.."));

    @Test
    void javaFiles_areShortAndFinished() throws IOException {
        var findings = new ArrayList<String>();
        for (Path file : javaFiles()) {
            List<String> lines = Files.readAllLines(file);
            if (lines.size() > LINES_MAX) {
                findings.add(file + ": " + lines.size() + " lines");
            }
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (line.contains("TO" + "DO") || line.contains("FIX" + "ME") || line.contains("@Dis" + "abled")) {
                    findings.add(file + ":" + (i + 1) + ": unfinished: " + line.strip());
                }
            }
        }
        assertThat(findings).isEmpty();
    }

    @Test
    void packages_areNullMarked() throws IOException {
        var findings = new ArrayList<String>();
        for (Path file : javaFiles()) {
            Path folder = file.getParent();
            boolean inModule = Files.exists(sourceRoot(file).resolve("module-info.java"));
            if (file.toString().contains("src/main")
                    && !inModule
                    && !Files.exists(folder.resolve("package-info.java"))) {
                findings.add(folder + ": no package-info.java with @NullMarked");
            }
        }
        assertThat(findings.stream().distinct()).isEmpty();
    }

    private static Path sourceRoot(Path file) {
        Path folder = file;
        while (!folder.endsWith("java")) {
            folder = folder.getParent();
        }
        return folder;
    }

    private static List<Path> javaFiles() throws IOException {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> path.toString().contains("src/main")
                            || path.toString().contains("src/test"))
                    .filter(path -> !path.toString().contains("/target/"))
                    .toList();
        }
    }
}
