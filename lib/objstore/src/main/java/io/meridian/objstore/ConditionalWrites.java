package io.meridian.objstore;

import io.meridian.objstore.Bucket.Precondition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// Which preconditions of uploads a store honours. Some take the headers and ignore them, so it must be tried. What a
/// store does with requests at the same moment cannot be found out this way.
///
/// @param absent  [Precondition.Absent] fails when the object is there
/// @param version [Precondition.Version] fails when the object is another
public record ConditionalWrites(boolean absent, boolean version) {

    /// Tries with an object that is deleted again.
    ///
    /// @param prefix of the probe's key, such as `debug/`
    public static ConditionalWrites probe(Bucket bucket, String prefix) throws IOException {
        String key = prefix + "conditional-write-probe-" + UUID.randomUUID();
        try {
            ObjectInfo first = bucket.put(key, bytes("first"), Precondition.NONE);
            boolean absent = isRefused(bucket, key, Precondition.ABSENT);
            ObjectInfo second = bucket.put(key, bytes("second"), Precondition.NONE);
            boolean version = !second.version().equals(first.version())
                    && isRefused(bucket, key, new Precondition.Version(first.version()))
                    && !isRefused(bucket, key, new Precondition.Version(second.version()));
            return new ConditionalWrites(absent, version);
        } finally {
            bucket.delete(key);
        }
    }

    private static boolean isRefused(Bucket bucket, String key, Precondition precondition) throws IOException {
        try {
            bucket.put(key, bytes("third"), precondition);
            return false;
        } catch (PreconditionFailedException e) {
            return true;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
