package io.meridian.server.log;

/// How a log line is written.
public enum LogFormat {
    LOGFMT,
    JSON
}
