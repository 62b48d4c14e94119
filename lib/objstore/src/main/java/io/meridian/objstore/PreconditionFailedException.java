package io.meridian.objstore;

import java.io.IOException;

/// The object is not in the state that the writer demanded: somebody else was faster.
public class PreconditionFailedException extends IOException {
    private static final long serialVersionUID = 1;

    public PreconditionFailedException(String bucket, String key, String demanded) {
        super("precondition failed: bucket=" + bucket + ", key=" + key + ", demanded=" + demanded);
    }
}
