/// The nouns of Meridian: labels, matchers, samples, chunks, and the one read interface.
@org.jspecify.annotations.NullMarked
module io.meridian.model {
    requires static transitive org.jspecify;
    requires re2j;

    exports io.meridian.model;
    exports io.meridian.model.chunk;
    exports io.meridian.model.histogram;
    exports io.meridian.model.json;
}
