package io.meridian.server.flag;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;

/// A flag of Thanos' that is known but has no effect here; using it warns once.
///
/// @param name       with its dashes
/// @param takesValue false for switches
/// @param reason     one clause for the operator
public record InertFlag(String name, boolean takesValue, String reason) {
    private static final String ABSENT = "this build does not have it";

    /// Those of every process of Thanos'.
    private static final List<InertFlag> COMMON = List.of(
            value("--http.config", "HTTP is served without TLS; put a proxy before it"),
            absent("--tracing.config"),
            absent("--tracing.config-file"),
            absent("--request.logging-config"),
            absent("--request.logging-config-file"),
            toggle("--enable-auto-gomemlimit", "memory is set by the launcher"),
            value("--auto-gomemlimit.ratio", "memory is set by the launcher"),
            value("--grpc-server-tls-curves", "the JDK's curves are used"));

    /// Those of every process, and its own.
    public static List<InertFlag> withCommon(InertFlag... own) {
        return Stream.concat(COMMON.stream(), Stream.of(own)).toList();
    }

    public static InertFlag value(String name, String reason) {
        return new InertFlag(name, true, reason);
    }

    /// One for something that there is not.
    public static InertFlag absent(String name) {
        return value(name, ABSENT);
    }

    public static InertFlag toggle(String name, String reason) {
        return new InertFlag(name, false, reason);
    }

    OptionSpec toOption() {
        var option = OptionSpec.builder(name).hidden(true).description("no effect: " + reason);
        return takesValue
                ? option.arity("1")
                        .type(List.class)
                        .auxiliaryTypes(String.class)
                        .build()
                : option.arity("0").type(boolean.class).negatable(true).build();
    }
}
