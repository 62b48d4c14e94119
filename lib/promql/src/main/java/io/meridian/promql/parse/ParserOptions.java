package io.meridian.promql.parse;

/// What Prometheus' `--enable-feature` flags switch on in the language.
///
/// @param experimentalFunctions  experimental functions, `limitk` and `limit_ratio`
/// @param extendedRangeSelectors `anchored` and `smoothed`
/// @param fillModifiers          `fill`, `fill_left` and `fill_right` of binary operators
/// @param durationExpressions    arithmetic in `[…]` and after `offset`; always on in Prometheus' server
public record ParserOptions(
        boolean experimentalFunctions,
        boolean extendedRangeSelectors,
        boolean fillModifiers,
        boolean durationExpressions) {
    /// As a Prometheus 3.14 server without feature flags.
    public static final ParserOptions DEFAULT = new ParserOptions(false, false, false, true);

    /// Everything on, as in test scripts.
    public static final ParserOptions ALL = new ParserOptions(true, true, true, true);
}
