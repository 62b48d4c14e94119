package io.meridian.model.json;

/// Text that is not JSON, or JSON that is not of the shape expected.
public class JsonException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public JsonException(String message) {
        super(message);
    }
}
