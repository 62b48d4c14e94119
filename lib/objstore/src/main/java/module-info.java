/// Bytes by key: the bucket and its implementations.
@org.jspecify.annotations.NullMarked
module io.meridian.objstore {
    requires static transitive org.jspecify;
    requires org.slf4j;
    requires org.snakeyaml.engine;
    requires software.amazon.awssdk.auth;
    requires software.amazon.awssdk.awscore;
    requires software.amazon.awssdk.checksums;
    requires software.amazon.awssdk.core;
    requires software.amazon.awssdk.http;
    requires software.amazon.awssdk.http.apache5;
    requires software.amazon.awssdk.regions;
    requires software.amazon.awssdk.retries;
    requires software.amazon.awssdk.retries.api;
    requires software.amazon.awssdk.services.s3;
    requires software.amazon.awssdk.services.sts;
    requires software.amazon.awssdk.utils;

    exports io.meridian.objstore;
    exports io.meridian.objstore.config;
    exports io.meridian.objstore.s3;
}
