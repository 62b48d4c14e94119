package io.meridian.sidecar;

/// How blocks are shipped.
///
/// @param uploadCompacted    whether blocks that Prometheus compacted itself are uploaded
/// @param allowOutOfOrder    whether a block that fails does not stop newer ones, whatever the failure
/// @param sha256             whether meta.json gets a SHA-256 of each file
/// @param concurrency        files of one block uploaded at once; at least 1
/// @param metaFileName       name of the record of uploads
record UploadOptions(
        boolean uploadCompacted, boolean allowOutOfOrder, boolean sha256, int concurrency, String metaFileName) {
    static final UploadOptions DEFAULT = new UploadOptions(false, false, false, 1, "thanos.shipper.json");
}
