package io.meridian.cli.script;

import io.meridian.model.SeriesSource;
import io.meridian.promql.script.LoadedSeries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/// A block per state of the script, in a temporary folder that goes when this is closed.
final class BlockScriptSources implements ScriptSources {
    private final Path folder;

    BlockScriptSources() {
        try {
            folder = Files.createTempDirectory("promqltest");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary folder for blocks", e);
        }
    }

    @Override
    public SeriesSource open(List<LoadedSeries> series) {
        return BlockScriptSource.write(folder, series);
    }

    @Override
    public void close() {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
