package io.meridian.objstore;

import java.io.IOException;
import java.util.List;

/// A listing is over and everything that could be seen has been shown, but not what lies in some folders. Nobody may
/// take what lies there for gone.
public final class PartialListingException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient List<String> folders;

    /// @param folders keys of the folders, each with a slash at its end
    public PartialListingException(String bucket, List<String> folders, IOException cause) {
        super("folders of %s cannot be listed: %s: %s".formatted(bucket, String.join(", ", folders), cause), cause);
        this.folders = List.copyOf(folders);
    }

    public List<String> folders() {
        return folders;
    }
}
