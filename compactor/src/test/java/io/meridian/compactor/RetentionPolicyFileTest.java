package io.meridian.compactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.compactor.plan.RetentionPolicy;
import io.meridian.model.Labels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionPolicyFileTest {
    private static final RetentionPolicy.Periods DEFAULTS =
            new RetentionPolicy.Periods(Duration.ofDays(90), Duration.ZERO, Duration.ZERO);

    @TempDir
    private Path directory;

    private RetentionPolicy read(String yaml) throws IOException {
        Path file = directory.resolve("policy.yml");
        Files.writeString(file, yaml);
        return RetentionPolicyFile.read(file, DEFAULTS);
    }

    @Test
    void read_rules_keepBlocksAsLongAsAnySeriesIsWanted() throws IOException {
        var policy = read("""
            rules:
              - matchers: {team: "pay.*"}
                series: {__name__: "debug_.*"}
                raw: 7d
              - matchers: {team: payments}
                raw: 30d
                5m: 365d
            """);

        var payments = policy.periods(Labels.of("team", "payments"));
        assertThat(payments.raw()).isEqualTo(Duration.ofDays(30));
        assertThat(payments.fiveMinutes()).isZero();
        assertThat(policy.hasSeriesRules(Labels.of("team", "payments"))).isTrue();
        assertThat(policy.periods(Labels.of("team", "web"))).isEqualTo(DEFAULTS);
        assertThat(policy.hasSeriesRules(Labels.of("team", "web"))).isFalse();
        assertThat(policy.longest(Labels.of("team", "payments"), 0).place()).isEqualTo("rule 2 (policy.yml:5)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        rules: x                            | policy.yml:1: rules must be a list
        rools: []                           | policy.yml:1: rools is not known: use rules
        'rules:\\n  - 5'                    | policy.yml:2: rules[1] must be a mapping
        'rules:\\n  - raw: 1d\\n    4m: 2d'  | policy.yml:3: rules[1].4m is not known
        'rules:\\n  - raw: 1d\\n  - raw: x'  | policy.yml:3: rules[2].raw is not a duration: "x"
        'rules:\\n  - raw: -1d'             | policy.yml:2: rules[1].raw must not be negative
        'rules:\\n  - matchers: 5'          | policy.yml:2: rules[1].matchers must map label names
        'rules:\\n  - series: {a: "("}'     | policy.yml:2: rules[1].series.a is not a regular expression
        'rules:\\n  - raw: 1d\\n    raw: 1d' | line 3: "raw" is there twice
        '['                                 | not YAML
        """)
    void read_wrong_namesFileLineAndField(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml.replace("\\n", "\n")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("policy.yml");
    }
}
