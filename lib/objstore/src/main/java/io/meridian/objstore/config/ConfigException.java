package io.meridian.objstore.config;

/// A configuration that cannot be used. The message names the field or the line, what is wrong and what to write.
public final class ConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
