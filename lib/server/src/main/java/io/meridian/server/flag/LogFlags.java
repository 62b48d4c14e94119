package io.meridian.server.flag;

import io.meridian.server.log.LogFormat;
import io.meridian.server.log.LogSink;
import java.util.Locale;
import org.slf4j.event.Level;
import picocli.CommandLine.Option;

/// `--log.level` and `--log.format`.
public final class LogFlags {
    @Option(
            names = "--log.level",
            defaultValue = "info",
            paramLabel = "LEVEL",
            description = "Least severe level that is logged: error, warn, info, debug. Default: ${DEFAULT-VALUE}")
    String level;

    @Option(
            names = "--log.format",
            defaultValue = "logfmt",
            paramLabel = "FORMAT",
            description = "Form of the log lines: logfmt or json. Default: ${DEFAULT-VALUE}")
    LogFormat format;

    /// Sets up logging; the command calls it first.
    ///
    /// @throws IllegalArgumentException if there is no such level
    public void apply() {
        Level threshold = switch (level.toLowerCase(Locale.ROOT)) {
            case "error" -> Level.ERROR;
            case "warn" -> Level.WARN;
            case "info" -> Level.INFO;
            case "debug" -> Level.DEBUG;
            default ->
                throw new IllegalArgumentException(
                        "unknown --log.level \"" + level + "\" (error, warn, info or debug)");
        };
        LogSink.configure(threshold, format);
    }
}
