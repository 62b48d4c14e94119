package io.meridian.promql.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.promql.Engine;
import io.meridian.testkit.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// Every script that Prometheus' own engine passes, and scripts of ours, on the engine over series in memory.
class ConformanceScriptsTest {
    private static final Engine ENGINE = new Engine(ScriptRunner.engineOptions().withThreads(1));

    @AfterAll
    static void closeEngine() {
        ENGINE.close();
    }

    @Test
    void run_prometheusScripts_allPass() throws IOException {
        assertThat(run(Shared.require("conformance/promqltest"))).isGreaterThan(1_700);
    }

    @Test
    void run_ownScripts_allPass() throws IOException {
        assertThat(run(Path.of("src/test/resources/scripts"))).isPositive();
    }

    /// How many evals passed.
    private static int run(Path folder) throws IOException {
        var runner = ScriptRunner.inMemory(ENGINE);
        int passed = 0;
        for (Path script : scripts(folder)) {
            ScriptReport report = runner.run(script.getFileName().toString(), Files.readString(script));
            assertThat(report.failures()).isEmpty();
            passed += report.passed();
        }
        return passed;
    }

    private static List<Path> scripts(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".test"))
                    .sorted()
                    .toList();
        }
    }
}
