package io.meridian.objstore;

/// What a listing or a stat tells of an object.
///
/// @param lastModifiedMs milliseconds since the epoch
/// @param version        opaque; changes whenever the object does (an ETag on S3)
public record ObjectInfo(String key, long sizeBytes, long lastModifiedMs, String version) {}
