package io.meridian.querier.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoTimeTest {
    /// What Prometheus says of such a start and end: the first is no error, or one of too many points.
    @ParameterizedTest
    @CsvSource({
        "1788400800, NaN, true",
        "1788400800, Inf, true",
        "-1, NaN, true",
        "NaN, 1788400800, false",
        "1, 1.001, false",
        "1.001, 1, true",
        "1e10, 1788400800, true"
    })
    void isBefore_numbersThatAreNoTimes_wrapAroundAsInGo(String start, String end, boolean before) {
        assertThat(GoTime.parse(end).isBefore(GoTime.parse(start))).isEqualTo(before);
    }
}
