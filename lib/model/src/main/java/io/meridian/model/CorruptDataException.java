package io.meridian.model;

/// Bytes that are not what their format promises. The message names the resource, the offset, and what was expected
/// against what was found.
public class CorruptDataException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String resource;
    private final long offset;

    /// @param resource the object or file, as an operator would name it
    /// @param offset   in bytes from its start, or -1 where none applies
    public CorruptDataException(String resource, long offset, String detail) {
        super(offset < 0 ? resource + ": " + detail : resource + " at byte " + offset + ": " + detail);
        this.resource = resource;
        this.offset = offset;
    }

    public String resource() {
        return resource;
    }

    public long offset() {
        return offset;
    }
}
