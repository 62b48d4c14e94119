package io.meridian.server.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/// Writes log lines: `ts=… caller=… level=… msg="…" key=value …`, or the same as a JSON object per line.
///
/// Foreign loggers (not `io.meridian`) write from WARN up, whatever the threshold, unless it is DEBUG.
public final class LogSink {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final String OWN_PREFIX = "io.meridian";

    private static volatile Level threshold = Level.INFO;
    private static volatile LogFormat format = LogFormat.LOGFMT;
    private static volatile PrintStream target = stderr();
    private static volatile String status = "";

    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final String NO_WRAP = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";

    private LogSink() {}

    public static void configure(Level newThreshold, LogFormat newFormat) {
        threshold = newThreshold;
        format = newFormat;
    }

    /// Writes to another stream from now on; for tests.
    static void redirect(OutputStream stream) {
        target = new PrintStream(stream, true, StandardCharsets.UTF_8);
    }

    private static PrintStream stderr() {
        return new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    }

    /// Keeps a line below the log of a terminal, in place of the one before; what is wider than the terminal is cut
    /// off.
    ///
    /// @param line empty: none any more
    public static synchronized void status(String line) {
        target.print(CLEAR_LINE + shown(line));
        status = line;
    }

    private static String shown(String line) {
        return line.isEmpty() ? "" : NO_WRAP + line + WRAP;
    }

    private static synchronized void print(String line) {
        if (status.isEmpty()) {
            target.println(line);
        } else {
            target.print(CLEAR_LINE + line + "\n" + shown(status));
        }
    }

    static boolean isEnabled(String logger, Level level) {
        Level least = logger.startsWith(OWN_PREFIX) || threshold == Level.DEBUG || threshold == Level.ERROR
                ? threshold
                : Level.WARN;
        return level.toInt() >= least.toInt();
    }

    static void write(
            String logger,
            Level level,
            String message,
            @Nullable List<KeyValuePair> pairs,
            @Nullable Throwable failure) {
        var line = new LineBuilder(format);
        line.add("ts", TIME.format(Instant.now()));
        line.add("caller", logger.substring(logger.lastIndexOf('.') + 1));
        line.add("level", level.name().toLowerCase(Locale.ROOT));
        line.add("msg", message);
        if (pairs != null) {
            for (KeyValuePair pair : pairs) {
                line.add(pair.key, String.valueOf(pair.value));
            }
        }
        if (failure != null) {
            line.add("err", failure.toString());
            if (threshold == Level.DEBUG || level == Level.ERROR && isUnexpected(failure)) {
                var stack = new StringWriter();
                failure.printStackTrace(new java.io.PrintWriter(stack));
                line.add("stack", stack.toString());
            }
        }
        print(line.build());
    }

    /// Whether the failure looks like a mistake in the program, whose place one wants to see.
    private static boolean isUnexpected(Throwable failure) {
        return failure instanceof Error
                || failure instanceof RuntimeException
                        && !(failure instanceof IllegalArgumentException || failure instanceof IllegalStateException);
    }

    /// One line in the making.
    private static final class LineBuilder {
        private final StringBuilder out = new StringBuilder(160);
        private final boolean json;

        LineBuilder(LogFormat format) {
            json = format == LogFormat.JSON;
        }

        void add(String key, String value) {
            if (json) {
                quote(out.append(out.isEmpty() ? "{" : ","), key);
                quote(out.append(':'), value);
            } else {
                out.append(out.isEmpty() ? "" : " ").append(key).append('=');
                if (needsQuotes(value)) {
                    quote(out, value);
                } else {
                    out.append(value);
                }
            }
        }

        String build() {
            return json ? out.append('}').toString() : out.toString();
        }

        private static boolean needsQuotes(String value) {
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7F) {
                    return true;
                }
            }
            return value.isEmpty();
        }

        private static void quote(StringBuilder out, String value) {
            out.append('"');
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                switch (c) {
                    case '"' -> out.append("\\\"");
                    case '\\' -> out.append("\\\\");
                    case '\n' -> out.append("\\n");
                    case '\r' -> out.append("\\r");
                    case '\t' -> out.append("\\t");
                    default -> {
                        if (c < 0x20 || Character.isSurrogate(c) && !isPaired(value, i)) {
                            out.append("\\u%04x".formatted((int) c));
                        } else {
                            out.append(c);
                        }
                    }
                }
            }
            out.append('"');
        }

        private static boolean isPaired(String value, int i) {
            return Character.isHighSurrogate(value.charAt(i))
                    ? i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1))
                    : i > 0 && Character.isHighSurrogate(value.charAt(i - 1));
        }
    }
}
