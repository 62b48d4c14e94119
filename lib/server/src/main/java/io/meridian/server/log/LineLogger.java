package io.meridian.server.log;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/// A logger that hands every enabled event to the [LogSink].
final class LineLogger extends LegacyAbstractLogger implements LoggingEventAware {
    private static final long serialVersionUID = 1;

    LineLogger(String name) {
        this.name = name;
    }

    @Override
    public void log(LoggingEvent event) {
        Object[] arguments = event.getArgumentArray();
        var formatted = MessageFormatter.arrayFormat(event.getMessage(), arguments);
        Throwable failure = event.getThrowable() != null ? event.getThrowable() : formatted.getThrowable();
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        LogSink.write(name, event.getLevel(), formatted.getMessage(), pairs, failure);
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
        LogSink.write(name, level, MessageFormatter.basicArrayFormat(pattern, arguments), null, failure);
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return LogSink.isEnabled(name, Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return LogSink.isEnabled(name, Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return LogSink.isEnabled(name, Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return LogSink.isEnabled(name, Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return LogSink.isEnabled(name, Level.ERROR);
    }
}
