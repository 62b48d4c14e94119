/// Blocks: their index, chunks and meta data, read from and written to a bucket.
@org.jspecify.annotations.NullMarked
module io.meridian.tsdb {
    requires static transitive org.jspecify;
    requires transitive io.meridian.model;
    requires transitive io.meridian.objstore;

    exports io.meridian.tsdb.block;
    exports io.meridian.tsdb.index;
}
