package io.meridian.promql.parse;

import io.meridian.promql.parse.Expr.ValueType;
import java.util.List;

/// The signature of a PromQL function.
///
/// @param arguments    types in order; the last one is repeated where `variadic` is not 0
/// @param variadic     0: exactly as many as listed; n > 0: up to n of the last are optional; -1: the last is optional
///                     and may come any number of times
/// @param experimental only with `--enable-feature=promql-experimental-functions`
public record Function(String name, List<ValueType> arguments, int variadic, ValueType returns, boolean experimental) {
    public Function {
        arguments = List.copyOf(arguments);
    }
}
