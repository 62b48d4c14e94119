package io.meridian.promql.script;

import java.util.List;

/// How a script went.
///
/// @param passed   number of evals that were met
/// @param failures one text per eval or load that was not, each beginning with `FILE:LINE: `
public record ScriptReport(int passed, List<String> failures) {
    public ScriptReport {
        failures = List.copyOf(failures);
    }

    public int failed() {
        return failures.size();
    }

    /// `N passed, N failed`
    public String summary() {
        return passed + " passed, " + failed() + " failed";
    }
}
