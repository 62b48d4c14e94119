package io.meridian.promql.script;

import io.meridian.model.LabelMatcher;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.SeriesSource;
import io.meridian.promql.Engine;
import io.meridian.promql.EngineOptions;
import io.meridian.promql.Feature;
import io.meridian.promql.QueryRequest;
import io.meridian.promql.QueryResult;
import io.meridian.promql.parse.Expr.ValueType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs test scripts. Instant evals are repeated as range queries, and with `@` at other times, as Prometheus does.
public final class ScriptRunner {
    private static final long MINUTE_MS = 60_000;
    private static final long TIMEOUT_NANOS = 100_000_000_000L;
    private static final long SAMPLES_MAX = 10_000;

    private static final LabelMatcher.AnchoredPattern STEP_DEPENDENT =
            LabelMatcher.AnchoredPattern.compile(".*(?:start|end|range|step)\\(\\).*");

    private final QueryRunner queries;
    private final SourceFactory sources;

    public ScriptRunner(QueryRunner queries, SourceFactory sources) {
        this.queries = queries;
        this.sources = sources;
    }

    /// Runs scripts on the engine, which has [#engineOptions], over series in memory.
    public static ScriptRunner inMemory(Engine engine) {
        return new ScriptRunner(of(engine), MemorySource::new);
    }

    /// An engine as the one to ask.
    public static QueryRunner of(Engine engine) {
        return (request, source) -> engine.query(
                request, source, new QueryContext(TIMEOUT_NANOS, Long.MAX_VALUE, QueryContext.PartialResponse.ABORT));
    }

    /// The settings under which scripts run.
    public static EngineOptions engineOptions() {
        var features = EnumSet.allOf(Feature.class);
        features.remove(Feature.TYPE_AND_UNIT_LABELS);
        return EngineOptions.DEFAULT.withFeatures(features).withSamplesMax(SAMPLES_MAX);
    }

    /// @param file for the texts of failures
    public ScriptReport run(String file, String text) {
        List<ScriptCommand> commands;
        try {
            commands = new ScriptParser(file, text).parse();
        } catch (ScriptException e) {
            return new ScriptReport(0, List.of(String.valueOf(e.getMessage())));
        }
        return new Run(file).run(commands);
    }

    private final class Run {
        private final String file;
        private final LoadedData data = new LoadedData();
        private final List<String> failures = new ArrayList<>();
        private @Nullable SeriesSource source;
        private int passed;

        Run(String file) {
            this.file = file;
        }

        ScriptReport run(List<ScriptCommand> commands) {
            for (ScriptCommand command : commands) {
                switch (command) {
                    case ScriptCommand.Clear _ -> {
                        data.clear();
                        closeSource();
                    }
                    case ScriptCommand.Load load -> load(load);
                    case ScriptCommand.Eval eval -> eval(eval);
                }
            }
            closeSource();
            return new ScriptReport(passed, failures);
        }

        private void load(ScriptCommand.Load load) {
            closeSource();
            try {
                data.load(load);
            } catch (IllegalArgumentException e) {
                fail(load.line(), "load: " + e.getMessage());
            }
        }

        private void eval(ScriptCommand.Eval eval) {
            String difference;
            try {
                difference = eval.instant() ? instant(eval) : range(eval);
            } catch (QueryException e) {
                difference = "query failed: " + e.getMessage();
            }
            if (difference == null) {
                passed++;
            } else {
                fail(eval.line(), eval.query() + "\n    " + difference);
            }
        }

        private void fail(int line, String what) {
            failures.add(file + ":" + line + ": " + what);
        }

        private @Nullable String range(ScriptCommand.Eval eval) {
            var grid = eval.grid();
            QueryResult result;
            try {
                result = ask(QueryRequest.range(eval.query(), grid.startMs(), grid.endMs(), grid.stepMs()));
            } catch (QueryException e) {
                return failure(eval, e);
            }
            String difference = annotations(eval, result);
            if (difference == null && eval.failure() != null) {
                difference = "expected it to fail";
            }
            return difference == null ? new ResultCheck(eval).check(result) : difference;
        }

        private @Nullable String instant(ScriptCommand.Eval eval) {
            long timeMs = eval.grid().endMs();
            String difference = instantAt(eval, eval.query(), timeMs);
            String pinned = difference == null ? AtVariants.pinned(eval.query(), timeMs) : null;
            if (pinned == null) {
                return difference;
            }
            for (long otherMs : AtVariants.times(timeMs)) {
                difference = instantAt(eval, pinned, otherMs);
                if (difference != null) {
                    return difference + "\n    in the variant " + pinned + " at " + otherMs + " ms";
                }
            }
            return null;
        }

        private @Nullable String instantAt(ScriptCommand.Eval eval, String query, long timeMs) {
            QueryResult result;
            try {
                result = ask(QueryRequest.instant(query, timeMs));
            } catch (QueryException e) {
                return failure(eval, e);
            }
            String difference = annotations(eval, result);
            if (difference == null && eval.failure() != null) {
                difference = "expected it to fail";
            }
            var check = new ResultCheck(eval);
            if (difference == null) {
                difference = check.check(result);
            }
            boolean inRangeToo = eval.text() == null && !eval.ranges() && !STEP_DEPENDENT.matches(query);
            return difference == null && inRangeToo
                    ? middleOfRange(eval, check, query, timeMs, result.type())
                    : difference;
        }

        /// As a range query around the time; the value in the middle must be the same.
        private @Nullable String middleOfRange(
                ScriptCommand.Eval eval, ResultCheck check, String query, long timeMs, ValueType type) {
            QueryResult result;
            try {
                result = ask(QueryRequest.range(query, timeMs - MINUTE_MS, timeMs + MINUTE_MS, MINUTE_MS));
            } catch (QueryException e) {
                return "query failed as range query: " + e.getMessage();
            }
            String difference = eval.ordered() ? null : check.checkAt(type, result.series(), timeMs);
            return difference == null ? null : difference + "\n    as range query around " + timeMs + " ms";
        }

        private @Nullable String failure(ScriptCommand.Eval eval, QueryException e) {
            List<TextExpectation> expected = eval.failure();
            String message = String.valueOf(e.getMessage());
            if (expected == null) {
                return "query failed: " + message;
            }
            return expected.stream().allMatch(text -> text.isMet(message))
                    ? null
                    : "expected failure " + expected + "\n    got: " + message;
        }

        private @Nullable String annotations(ScriptCommand.Eval eval, QueryResult result) {
            String difference = annotations("warn", eval.warnings(), result.warnings());
            return difference == null ? annotations("info", eval.infos(), result.infos()) : difference;
        }

        private @Nullable String annotations(String kind, ScriptCommand.Annotations expectation, List<String> actual) {
            if (expectation.none() && !actual.isEmpty()) {
                return "expected no " + kind + ", got " + actual;
            }
            if (expectation.any() && actual.isEmpty()) {
                return "expected " + kind + ", got none";
            }
            List<TextExpectation> expected = expectation.expected();
            if (expected.isEmpty()) {
                return null;
            }
            for (TextExpectation line : expected) {
                if (actual.stream().noneMatch(line::isMet)) {
                    return "expected " + kind + " " + line + ", got " + actual;
                }
            }
            for (String annotation : actual) {
                if (expected.stream().noneMatch(line -> line.isMet(annotation))) {
                    return "unexpected " + kind + ": " + annotation;
                }
            }
            return null;
        }

        private QueryResult ask(QueryRequest request) {
            SeriesSource open = source;
            if (open == null) {
                open = sources.open(data.toSeries());
                source = open;
            }
            return queries.run(request, open);
        }

        private void closeSource() {
            if (source instanceof AutoCloseable closeable) {
                try {
                    closeable.close();
                } catch (Exception e) {
                    failures.add(file + ": cannot close the source of a script: " + e);
                }
            }
            source = null;
        }
    }
}
