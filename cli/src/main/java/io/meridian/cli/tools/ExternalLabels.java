package io.meridian.cli.tools;

import io.meridian.model.Labels;
import java.util.LinkedHashMap;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// External labels as flags give them: `name="value"`.
final class ExternalLabels {
    private ExternalLabels() {}

    static Labels parse(CommandSpec spec, String flag, List<String> labels) {
        var pairs = new LinkedHashMap<String, String>();
        for (String label : labels) {
            int equals = label.indexOf('=');
            String value = equals < 0 ? "" : label.substring(equals + 1);
            if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
                value = value.substring(1, value.length() - 1);
            }
            if (equals <= 0 || value.isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(), flag + ": expected name=\"value\", got \"" + label + "\"");
            }
            pairs.put(label.substring(0, equals), value);
        }
        return Labels.of(pairs);
    }
}
