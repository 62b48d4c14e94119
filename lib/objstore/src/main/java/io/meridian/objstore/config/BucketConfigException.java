package io.meridian.objstore.config;

/// A bucket's configuration that cannot be used. The message names the field, what is wrong and what to write.
public class BucketConfigException extends Exception {
    private static final long serialVersionUID = 1;

    public BucketConfigException(String message) {
        super(message);
    }

    public BucketConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
