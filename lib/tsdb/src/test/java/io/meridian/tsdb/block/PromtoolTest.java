package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.TimeRange;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.testkit.SeededRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Prometheus' own tool says of a block that we wrote.
class PromtoolTest {
    private static final BlockId ID = BlockId.parse("01M16X3WR0BZCE9WC2V9FAB8XY");

    @TempDir
    private Path directory = Path.of("");

    private BlockMeta meta = BlockMeta.of(
            ID,
            0,
            0,
            BlockMeta.Stats.EMPTY,
            new BlockMeta.Compaction(1, List.of(), List.of(), List.of()),
            BlockMeta.Thanos.EMPTY);

    @BeforeEach
    void writeBlock() throws IOException {
        Assumptions.assumeTrue(hasPromtool(), "promtool is not installed");
        meta = SmallBlock.write(
                directory.resolve(ID.toString()), ID, Labels.empty(), 100, SeededRandom.create("PromtoolTest"));
        Files.createDirectory(directory.resolve("wal"));
    }

    private static boolean hasPromtool() {
        for (String folder : System.getenv("PATH").split(java.io.File.pathSeparator)) {
            if (Files.isExecutable(Path.of(folder, "promtool"))) {
                return true;
            }
        }
        return false;
    }

    private List<String> run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("promtool", "tsdb"));
        command.addAll(List.of(arguments));
        Path output = directory.resolveSibling(directory.getFileName() + ".out");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        var lines = Files.readAllLines(output);
        Files.delete(output);
        assertThat(process.exitValue()).as(lines.toString()).isZero();
        return lines;
    }

    @Test
    void list_ofOurBlock_showsItsCounts() throws IOException, InterruptedException {
        var lines = run("list", directory.toString());
        var stats = meta.stats();
        assertThat(lines.getLast().split("\\s+"))
                .contains(
                        ID.toString(),
                        String.valueOf(stats.numSamples()),
                        String.valueOf(stats.numChunks()),
                        String.valueOf(stats.numSeries()));
    }

    @Test
    void analyze_ofOurBlock_countsItsLabels() throws IOException, InterruptedException {
        var lines = run("analyze", directory.toString(), ID.toString());
        assertThat(lines)
                .anyMatch(line -> line.endsWith("Series: " + meta.stats().numSeries()));
        assertThat(lines).anyMatch(line -> line.equals("Label names: 3"));
        assertThat(lines).anyMatch(line -> line.startsWith("Postings (unique label pairs): 107"));
    }

    @Test
    void dump_ofOurBlock_isOurDump() throws IOException, InterruptedException {
        var ours = new ArrayList<String>();
        try (var block = BlockFiles.open(new FilesystemBucket(directory), ID)) {
            new BlockDump(block, ours::add).samples(List.of(), TimeRange.ALL);
        }
        assertThat(ours).hasSize((int) meta.stats().numSamples());
        assertThat(run("dump", directory.toString())).containsExactlyElementsOf(ours);
    }
}
