package io.meridian.objstore;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// An upload that hands everything on to another one: the base of those that change one thing.
public abstract class ForwardingUpload implements Bucket.Upload {
    private final Bucket.Upload upload;

    protected ForwardingUpload(Bucket.Upload upload) {
        this.upload = upload;
    }

    @Override
    public void write(MemorySegment bytes) throws IOException {
        upload.write(bytes);
    }

    @Override
    public ObjectInfo commit() throws IOException {
        return upload.commit();
    }

    @Override
    public void close() throws IOException {
        upload.close();
    }
}
