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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PromqlExplainTest {
    private static final String QUERY = "sum(rate(x[5m]))";

    @TempDir
    private Path folder;

    private Path blocks;

    private static String run(int status, CommandLine line, Object... arguments) {
        var out = new StringWriter();
        Flags.configure(line, List.of()).setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
        String[] texts = List.of(arguments).stream().map(String::valueOf).toArray(String[]::new);
        assertThat(line.execute(texts)).as(() -> out.toString()).isEqualTo(status);
        return out.toString();
    }

    private static String explain(int status, Object... arguments) {
        return run(status, new CommandLine(new PromqlExplain()), arguments);
    }

    @BeforeEach
    void writeBlock() throws IOException {
        Path script = folder.resolve("some.test");
        Files.writeString(script, """
                load 1m
                  x{pod="a"} 0+60x10
                  x{pod="b"} 0+60x10

                eval instant at 5m count(x)
                  {} 2
                """);
        blocks = folder.resolve("blocks");
        run(0, new CommandLine(new PromqlTest()), "--write-block=" + blocks, script);
    }

    @Test
    void explain_noData_printsThePlan() {
        assertThat(explain(0, "--time=300", QUERY)).isEqualTo("""
                sum
                  rate
                    select {__name__="x"} window 300s from 1 to 300000
                """);
    }

    @Test
    void explain_block_estimatesAndAnalyzes() throws IOException {
        try (var names = Files.list(blocks)) {
            Path block = names.toList().getFirst();
            assertThat(explain(0, "--time=300", "--block=" + block, QUERY)).contains("[estimated: 2 series, about ");
            assertThat(explain(0, "--time=300", "--analyze", "--block=" + block, QUERY))
                    .contains("[read: 2 series, 2 chunks, ");
            assertThat(explain(0, "--time=300", "--json", "--block=" + block, QUERY))
                    .contains("\"estimatedSeries\": 2");
        }
    }

    @Test
    void explain_server_estimatesAndAnalyzes() throws IOException {
        try (var server = new BlockServer(blocks, ScriptRunner.engineOptions())) {
            String url = "--url=" + server.url();
            assertThat(explain(0, "--time=300", url, QUERY)).contains("[estimated: 2 series, about ");
            assertThat(explain(0, "--start=0", "--end=600", "--analyze", url, QUERY))
                    .contains("[read: 2 series, ")
                    .contains("\"peakSamples\":");
            assertThat(explain(1, url, "sum(")).contains("parse error");
        }
    }

    @Test
    void explain_badQuery_saysWhere() {
        assertThat(explain(1, "sum(")).contains("1:5: parse error");
    }

    @Test
    void explain_analyzeWithoutData_isRefused() {
        assertThat(explain(2, "--analyze", QUERY)).contains("--url or --block");
    }
}
