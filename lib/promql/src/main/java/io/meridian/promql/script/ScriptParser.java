package io.meridian.promql.script;

import io.meridian.model.GoQuote;
import io.meridian.model.Labels;
import io.meridian.promql.parse.DurationText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads a whole script before anything runs.
final class ScriptParser {
    private final String file;
    private final String[] lines;
    private int next;

    ScriptParser(String file, String text) {
        this.file = file;
        this.lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].strip();
            lines[i] = line.startsWith("#") ? "" : line;
        }
    }

    /// @throws ScriptException if a line is not understood
    List<ScriptCommand> parse() {
        var commands = new ArrayList<ScriptCommand>();
        while (next < lines.length) {
            String line = lines[next++];
            if (line.isEmpty()) {
                continue;
            }
            String word = firstWord(line).toLowerCase(Locale.ROOT);
            int number = next;
            if (word.equals("clear")) {
                commands.add(new ScriptCommand.Clear(number));
            } else if (word.startsWith("load")) {
                commands.add(load(line, number));
            } else if (word.startsWith("eval")) {
                commands.add(eval(line, number));
            } else {
                throw error(number, "invalid command " + GoQuote.quote(word));
            }
        }
        return List.copyOf(commands);
    }

    private static String firstWord(String line) {
        int end = 0;
        while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
            end++;
        }
        return line.substring(0, end);
    }

    private ScriptException error(int line, String text) {
        return new ScriptException(file, line, text);
    }

    private ScriptCommand.Load load(String header, int number) {
        String[] words = header.split("\\s+", 2);
        boolean custom = words[0].equals("load_with_nhcb");
        if (!custom && !words[0].equals("load") || words.length != 2) {
            throw error(number, "invalid load command. (load[_with_nhcb] <step:duration>)");
        }
        long stepMs = duration(words[1], number);
        Map<Labels, SeriesLine> series = new LinkedHashMap<>();
        Map<Labels, List<@Nullable Long>> startTimes = new LinkedHashMap<>();
        StartLine before = null;
        while (next < lines.length && !lines[next].isEmpty()) {
            String line = lines[next++];
            try {
                before = loadLine(line, next, before, series, startTimes);
            } catch (IllegalArgumentException e) {
                throw error(next, String.valueOf(e.getMessage()));
            }
        }
        if (before != null) {
            throw error(before.line(), "@st line has no following sample line");
        }
        List<@Nullable List<@Nullable Long>> aligned = new ArrayList<>();
        for (Labels labels : series.keySet()) {
            aligned.add(startTimes.get(labels));
        }
        return new ScriptCommand.Load(number, custom, stepMs, List.copyOf(series.values()), aligned);
    }

    /// The start timestamps of the samples on the next line.
    private record StartLine(Labels labels, List<@Nullable Long> times, int line) {}

    private static @Nullable StartLine loadLine(
            String line,
            int number,
            @Nullable StartLine before,
            Map<Labels, SeriesLine> series,
            Map<Labels, List<@Nullable Long>> startTimes) {
        String word = firstWord(line);
        if (word.endsWith("@st") && word.length() < line.length()) {
            if (before != null) {
                throw new IllegalArgumentException("@st line has no following sample line");
            }
            var metric = new TextCursor(word.substring(0, word.length() - 3) + " _");
            Labels labels = SeriesNotation.metric(metric);
            SeriesNotation.values(metric);
            return new StartLine(labels, StartTimeNotation.parse(line.substring(word.length())), number);
        }
        SeriesLine samples = SeriesNotation.parse(line, number);
        startTimes.remove(samples.labels());
        if (before != null) {
            if (!before.labels().equals(samples.labels())) {
                throw new IllegalArgumentException("@st metric does not match the following sample line metric");
            }
            if (before.times().size() != samples.values().size()) {
                throw new IllegalArgumentException("@st line has %d values but sample line has %d"
                        .formatted(before.times().size(), samples.values().size()));
            }
            startTimes.put(samples.labels(), before.times());
        }
        series.put(samples.labels(), samples);
        return null;
    }

    private ScriptCommand.Eval eval(String header, int number) {
        String[] words = header.split("\\s+", 4);
        String variant = words[0].equals("eval") ? "" : words[0].startsWith("eval_") ? words[0].substring(5) : "?";
        boolean known =
                variant.isEmpty() || List.of("fail", "warn", "info", "ordered").contains(variant);
        boolean instant = words.length > 1 && words[1].equals("instant");
        if (!known || words.length < 4 || !instant && !words[1].equals("range")) {
            throw error(
                    number,
                    "invalid eval command. Must be either 'eval[_fail|_warn|_ordered|_info] instant at <offset:duration> "
                            + "<query>' or 'eval[_fail|_warn|_info] range from <from> to <to> step <step> <query>'");
        }
        if (variant.equals("ordered") && !instant) {
            throw error(number, "eval_ordered is only for instant queries");
        }
        var block = new EvalBlock(variant);
        String query = instant ? instantHeader(header, number, block) : rangeHeader(header, number, block);
        while (next < lines.length && !lines[next].isEmpty()) {
            String line = lines[next++];
            try {
                if (block.line(line, next)) {
                    break;
                }
            } catch (IllegalArgumentException e) {
                throw error(next, String.valueOf(e.getMessage()));
            }
        }
        try {
            return block.finish(number, instant, query);
        } catch (IllegalArgumentException e) {
            throw error(number, String.valueOf(e.getMessage()));
        }
    }

    /// `eval instant at T QUERY`
    private String instantHeader(String header, int number, EvalBlock block) {
        String[] words = header.split("\\s+", 5);
        if (words.length < 5 || !words[2].equals("at")) {
            throw error(number, "expected: eval instant at <time> <query>");
        }
        long timeMs = duration(words[3], number);
        block.grid = new ScriptCommand.Grid(timeMs, timeMs, 0);
        return words[4];
    }

    /// `eval range from A to B step S QUERY`
    private String rangeHeader(String header, int number, EvalBlock block) {
        String[] words = header.split("\\s+", 9);
        if (words.length < 9 || !words[2].equals("from") || !words[4].equals("to") || !words[6].equals("step")) {
            throw error(number, "expected: eval range from <start> to <end> step <step> <query>");
        }
        var grid = new ScriptCommand.Grid(
                duration(words[3], number), duration(words[5], number), duration(words[7], number));
        if (grid.endMs() < grid.startMs() || grid.stepMs() <= 0) {
            throw error(
                    number,
                    "invalid test definition, end timestamp (%s) is before start timestamp (%s), or no step"
                            .formatted(words[5], words[3]));
        }
        block.grid = grid;
        return words[8];
    }

    private long duration(String text, int number) {
        try {
            return DurationText.parseMs(text);
        } catch (IllegalArgumentException e) {
            throw error(number, String.valueOf(e.getMessage()));
        }
    }
}
