/// Bytes by key: the bucket and its implementations.
@org.jspecify.annotations.NullMarked
module io.meridian.objstore {
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports io.meridian.objstore;
}
