/// PromQL: text to syntax tree to plan to columns.
@org.jspecify.annotations.NullMarked
module io.meridian.promql {
    requires static transitive org.jspecify;
    requires transitive io.meridian.model;
    requires java.net.http;

    exports io.meridian.promql;
    exports io.meridian.promql.explain;
    exports io.meridian.promql.fuzz;
    exports io.meridian.promql.parse;
    exports io.meridian.promql.plan;
    exports io.meridian.promql.script;
}
