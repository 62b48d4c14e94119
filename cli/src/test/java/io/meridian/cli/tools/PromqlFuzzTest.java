package io.meridian.cli.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.promql.EngineOptions;
import io.meridian.promql.Feature;
import io.meridian.server.flag.Flags;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PromqlFuzzTest {
    @TempDir
    private Path folder;

    private static String run(String... arguments) {
        var out = new StringWriter();
        var line = Flags.configure(new CommandLine(new PromqlFuzz()), List.of());
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
        assertThat(line.execute(arguments)).as(() -> out.toString()).isZero();
        return out.toString();
    }

    @Test
    void fuzz_sameSeed_sameQueries() {
        assertThat(run("--seed=7", "--count=20"))
                .isEqualTo(run("--seed=7", "--count=20"))
                .isNotEqualTo(run("--seed=8", "--count=20"))
                .hasLineCount(20);
    }

    @Test
    void against_ourServerOverTheBlock_noDifference() throws IOException {
        assertThat(run("--write-block=" + folder)).startsWith("wrote ");
        var options = EngineOptions.DEFAULT.withFeatures(Set.of(Feature.PROMQL_EXPERIMENTAL_FUNCTIONS));
        try (var server = new BlockServer(folder, options)) {
            assertThat(run("--against=" + server.url(), "--count=50")).contains("50 asked of ", " 0 differ ");
        }
    }
}
