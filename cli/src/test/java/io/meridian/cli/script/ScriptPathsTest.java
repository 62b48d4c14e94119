package io.meridian.cli.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.promql.Engine;
import io.meridian.promql.script.ScriptReport;
import io.meridian.promql.script.ScriptRunner;
import io.meridian.testkit.Sampled;
import io.meridian.testkit.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Prometheus' own scripts have the same answers, whichever way the samples reach the engine. In memory they run in the
/// engine's own tests. Some files by default, all with `-Pfull`.
@Sampled
class ScriptPathsTest {
    private static final Set<String> SAMPLE =
            Set.of("at_modifier.test", "extended_vectors.test", "staleness.test", "start_timestamps.test");

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MEMORY")
    void run_prometheusScripts_allPass(ScriptSources.Way way) throws IOException {
        List<Path> scripts = scripts(Shared.require("conformance/promqltest")).stream()
                .filter(script ->
                        Sampled.ALL || SAMPLE.contains(script.getFileName().toString()))
                .toList();
        assertThat(run(way, scripts)).isGreaterThan(Sampled.ALL ? 1_700 : 100);
    }

    @ParameterizedTest
    @EnumSource
    void run_ownScripts_allPass(ScriptSources.Way way) throws IOException {
        assertThat(run(way, scripts(Path.of("../lib/promql/src/test/resources/scripts"))))
                .isPositive();
    }

    private static int run(ScriptSources.Way way, List<Path> scripts) throws IOException {
        var failures = new ArrayList<String>();
        int passed = 0;
        try (var engine = new Engine(ScriptRunner.engineOptions().withThreads(1));
                var sources = ScriptSources.open(way)) {
            var runner = new ScriptRunner(ScriptRunner.of(engine), sources);
            for (Path script : scripts) {
                ScriptReport report = runner.run(script.getFileName().toString(), Files.readString(script));
                failures.addAll(report.failures());
                passed += report.passed();
            }
        }
        assertThat(failures).isEmpty();
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
