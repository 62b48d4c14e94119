package io.meridian.promql.script;

/// A script that cannot be read. The message begins with `FILE:LINE: `.
public final class ScriptException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ScriptException(String file, int line, String text) {
        super(file + ":" + line + ": " + text);
    }
}
