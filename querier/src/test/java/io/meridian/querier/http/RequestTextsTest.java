package io.meridian.querier.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTextsTest {
    @ParameterizedTest
    @CsvSource({
        "1787999900.9996, 1787999901000",
        "1.788e9, 1788000000000",
        "-1.5, -1500",
        "2026-08-29T10:40:00.123456789Z, 1788000000123",
        "2026-08-29T12:40:00+02:00, 1788000000000",
        "1e10, -8446744073709",
        "-9223372036854775.808, -192",
        "292277025-08-18T07:12:54.999999999Z, -6795364579679",
    })
    void parse_time_asPrometheusCountsIt(String text, long engineMs) {
        assertThat(GoTime.parse(text).engineMs()).isEqualTo(engineMs);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "2026-08-29", "12:00", "1e400", "1788000000s", "0x6a92b700", " 1", "1d"})
    void parse_noTime_isRefused(String text) {
        assertThatThrownBy(() -> GoTime.parse(text)).hasMessageStartingWith("cannot parse \"" + text + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "15, 15000000000",
        "0.5, 500000000",
        "1h30m, 5400000000000",
        "500ms, 500000000",
        "0s, 0",
        "-1, -1000000000"
    })
    void parse_duration_secondsOrUnits(String text, long nanos) {
        assertThat(RequestDuration.parse(text)).isEqualTo(nanos);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5x", "5 m", "1y1y", "5m30", "-1m", "99999999999y"})
    void parse_noDuration_isRefused(String text) {
        assertThatThrownBy(() -> RequestDuration.parse(text))
                .hasMessage("cannot parse \"" + text + "\" to a valid duration");
    }

    @Test
    void parse_hugeDuration_saysThatItOverflows() {
        assertThatThrownBy(() -> RequestDuration.parse("1e30")).hasMessageEndingWith("It overflows int64");
    }

    @ParameterizedTest
    @CsvSource({
        "U__service_2e_name, service.name",
        "U__job, job",
        "U__a__b, a_b",
        "U___job, U___job",
        "U__x_2e, U__x_2e",
        "job, job"
    })
    void decode_labelName_undoesEscapes(String text, String name) {
        assertThat(LabelNameEscape.decode(text)).isEqualTo(name);
    }
}
