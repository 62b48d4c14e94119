package io.meridian.cli.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.promql.script.ScriptRunner;
import io.meridian.server.flag.Flags;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class PromqlTestTest {
    private static final String SCRIPT = """
            load 1m
              requests_total{pod="a"} 0+60x10
              requests_total{pod="b"} 0+120x10
              latency {{schema:0 count:3 sum:4 buckets:[1 2]}}x10

            eval instant at 5m sum(rate(requests_total[5m]))
              {} 3

            eval instant at 5m latency
              expect no_warn
              latency {{schema:0 count:3 sum:4 buckets:[1 2]}}

            clear

            eval instant at 5m latency
            """;

    @TempDir
    private Path folder;

    private Path script;

    @BeforeEach
    void writeScript() throws IOException {
        script = folder.resolve("some.test");
        Files.writeString(script, SCRIPT);
    }

    private static String run(int status, Object... arguments) {
        var out = new StringWriter();
        var line = Flags.configure(new CommandLine(new PromqlTest()), List.of());
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
        String[] texts = List.of(arguments).stream().map(String::valueOf).toArray(String[]::new);
        assertThat(line.execute(texts)).as(() -> out.toString()).isEqualTo(status);
        return out.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "block", "store"})
    void source_anyWay_sameAnswers(String way) throws IOException {
        Files.writeString(script, SCRIPT.replace("{} 3", "{} 4"));
        assertThat(run(1, "--source=" + way, script))
                .contains("some.test:6: sum(rate(requests_total")
                .endsWith("2 passed, 1 failed\n");
    }

    @Test
    void against_serverOfTheSameData_noDifference() throws IOException {
        Path blocks = folder.resolve("blocks");
        assertThat(run(0, "--write-block=" + blocks, script)).contains(", 3 series");
        try (var server = new BlockServer(blocks, ScriptRunner.engineOptions())) {
            assertThat(run(0, "--against=" + server.url(), script))
                    .contains("3 passed, 0 failed")
                    .contains(" 0 differ, ")
                    .doesNotContain("\n0 asked");
        }
    }

    @Test
    void against_serverWithoutDelayedNameRemoval_printsTheDifference() throws IOException {
        Files.writeString(script, """
                load 1m
                  x 1 2 3

                eval instant at 2m label_replace(rate(x[2m]), "y", "$1", "__name__", "(.*)")
                  {y="x"} 0.016666666666666666
                """);
        Path blocks = folder.resolve("blocks");
        run(0, "--write-block=" + blocks, script);
        try (var server = new BlockServer(blocks, ScriptRunner.engineOptions().withFeatures(Set.of()))) {
            assertThat(run(1, "--against=" + server.url(), script)).contains("only ours {y=\"x\"}");
        }
    }

    @Test
    void against_twoScripts_isRefused() {
        assertThat(run(2, "--against=http://localhost:1", script, script)).contains("take one script, got 2");
    }
}
