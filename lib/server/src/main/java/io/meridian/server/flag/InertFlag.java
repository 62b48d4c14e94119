package io.meridian.server.flag;

import picocli.CommandLine.Model.OptionSpec;

/// A flag of Thanos' that is known but has no effect here; using it warns once.
///
/// @param name       with its dashes
/// @param takesValue false for switches
/// @param reason     one clause for the operator
public record InertFlag(String name, boolean takesValue, String reason) {
    public static InertFlag value(String name, String reason) {
        return new InertFlag(name, true, reason);
    }

    public static InertFlag toggle(String name, String reason) {
        return new InertFlag(name, false, reason);
    }

    OptionSpec toOption() {
        var option = OptionSpec.builder(name).hidden(true).description("no effect: " + reason);
        return takesValue
                ? option.arity("1")
                        .type(java.util.List.class)
                        .auxiliaryTypes(String.class)
                        .build()
                : option.arity("0").type(boolean.class).negatable(true).build();
    }
}
