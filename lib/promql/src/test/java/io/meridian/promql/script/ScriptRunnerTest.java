package io.meridian.promql.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.promql.Engine;
import io.meridian.testkit.SeededRandom;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptRunnerTest {
    private static final Engine ENGINE = new Engine(ScriptRunner.engineOptions().withThreads(1));

    @AfterAll
    static void closeEngine() {
        ENGINE.close();
    }

    private static ScriptReport run(String script) {
        return ScriptRunner.inMemory(ENGINE).run("x.test", script);
    }

    @Test
    void run_metExpectations_pass() {
        var report = run("""
                # A comment ends a block as an empty line does.
                load 1m
                  foo{a="x"} 0+10x5
                  foo{a="y"} 1 2 _ stale 5
                  bar@st _ -30sx3
                  bar 1 2 3 4 5
                  hist {{schema:0 count:3 sum:4 buckets:[1 2]}}+{{count:1 sum:1 buckets:[1]}}x3

                eval instant at 1m foo
                  expect no_warn
                  foo{a="x"} 10
                  foo{a="y"} 2

                eval range from 0 to 2m step 1m sum(foo)
                  {} 1 12 22

                eval instant at 0 sort_desc(foo)
                  expect ordered
                  foo{a="y"} 1
                  foo{a="x"} 0

                eval instant at 2m hist
                  hist {{schema:0 count:5 sum:6 buckets:[3 2] counter_reset_hint:not_reset}}

                eval instant at 0 1 + 1
                  2

                eval instant at 0 "a\\tb"
                  expect string "a\\tb"

                eval instant at 1m foo{a="x"}[2m]
                  expect range vector from 0 to 1m step 1m
                  foo{a="x"} 0 10

                eval_fail instant at 0 foo + on() group_left() foo
                  expected_fail_regexp found duplicate series

                eval instant at 1m rate(foo{a="x"}[5m])
                  expect info regex: might not be a counter
                  {a="x"} 0.03333333333333333

                clear

                eval instant at 1m foo
                """);
        assertThat(report.failures()).isEmpty();
        assertThat(report.passed()).isEqualTo(10);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "foo 2 | expected 2, got 1 for {__name__=\"foo\"}",
                "bar 1 | unexpected metric {__name__=\"foo\"} in result",
                "foo 1;bar 1 | expected metric {__name__=\"bar\"} not found",
                "foo {{count:1}} | expected {count:1, sum:0}, got 1",
                "expect fail | expected it to fail",
                "expect warn;foo 1 | expected warn regex",
                "1 | expected a scalar, got an instant vector",
                "expect string \"a\" | unexpected metric",
            })
    void run_unmetExpectation_saysWhere(String lines, String message) {
        var report = run("load 1m\n foo 1\n\neval instant at 0 foo\n " + lines.replace(";", "\n ") + "\n");
        assertThat(report.summary()).isEqualTo("0 passed, 1 failed");
        assertThat(report.failures().getFirst()).startsWith("x.test:4: foo\n").contains(message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0000',
            value = {
                "load 5 | x.test:1: ",
                "foo 1 | x.test:1: invalid command \"foo\"",
                "load 1m; foo 1 bar | x.test:2: unexpected identifier \"bar\" in series values, expected number or \"stale\"",
                "load 1m; foo {{sum:1 sum:2}} | x.test:2: duplicate key \"sum\" in histogram",
                "load 1m; foo {{a:1}} | x.test:2: bad histogram descriptor found: \"a\"",
                "load 1m; foo 1+1 | x.test:2: expected a repetition",
                "eval instant at 0 foo( | x.test:1: 1:5: parse error: unclosed left parenthesis",
                "eval instant foo | x.test:1: ",
                "eval instant at 0 foo; expect warn; expect no_warn | x.test:1: invalid expect lines",
            })
    void run_badScript_saysWhere(String script, String message) {
        var report = run(script.replace("; ", "\n"));
        assertThat(report.passed()).isZero();
        assertThat(report.failures()).singleElement().asString().startsWith(message);
    }

    /// Whatever comes in: a report.
    @Test
    void run_randomPieces_reports() {
        var random = SeededRandom.create("ScriptRunnerTest");
        List<String> pieces = List.of(
                "load 1m\n",
                "load_with_nhcb 1m\n",
                "clear\n",
                "eval instant at 1m ",
                "eval range from 0 to 1m step 1m ",
                "expect fail",
                "expect warn msg: ",
                "expect range vector from 0 to 1m step 1m",
                "foo",
                "foo_bucket",
                "{a=\"b\"}",
                "{le=\"1\"}",
                " 1",
                "+2x3",
                "x2",
                " _",
                "_x3",
                " stale",
                " {{count:1 sum:2}}",
                "{{",
                "}}",
                "buckets:[1 2]",
                "@st",
                " -30s",
                "\n",
                "\n\n",
                "# x\n",
                "sum(foo)",
                "1",
                "\"s\"",
                "NaN",
                "Inf");
        for (int i = 0; i < 3_000; i++) {
            var script = new StringBuilder();
            int count = random.nextInt(1, 15);
            for (int j = 0; j < count; j++) {
                script.append(pieces.get(random.nextInt(pieces.size())));
            }
            assertThat(run(script.toString())).isNotNull();
        }
    }
}
