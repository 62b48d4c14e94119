package io.meridian.objstore;

import java.io.IOException;

/// There is no object with this key.
public class ObjectNotFoundException extends IOException {
    private static final long serialVersionUID = 1;

    public ObjectNotFoundException(String bucket, String key) {
        super("no such object: bucket=" + bucket + ", key=" + key);
    }
}
