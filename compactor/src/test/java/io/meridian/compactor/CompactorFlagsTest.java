package io.meridian.compactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.compactor.merge.Deduplication;
import io.meridian.server.flag.Flags;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompactorFlagsTest {
    private static CompactorOptions options(String... arguments) throws IOException {
        var flags = new CompactorFlags();
        Flags.commandLine(flags, CompactorFlags.INERT).parseArgs(arguments);
        return flags.options(InstantSource.system());
    }

    @Test
    void options_noFlags_areTheDefaults() throws IOException {
        var options = options();

        assertThat(options.delays()).isEqualTo(CompactorOptions.DEFAULT.delays());
        assertThat(options.merging()).isEqualTo(CompactorOptions.DEFAULT.merging());
        assertThat(options.downsampling()).isEqualTo(CompactorOptions.DEFAULT.downsampling());
        assertThat(options.retention()).isEqualTo(CompactorOptions.DEFAULT.retention());
        assertThat(options.limits()).isEqualTo(CompactorOptions.DEFAULT.limits());
        assertThat(options.takeOver()).isFalse();
    }

    @Test
    void options_replicaLabels_allowOverlaps() throws IOException {
        var merging = options("--deduplication.replica-label=a,b", "--deduplication.func=penalty")
                .merging();

        assertThat(merging.replicaLabels()).isEqualTo(List.of("a", "b"));
        assertThat(merging.deduplication()).isEqualTo(Deduplication.PENALTY);
        assertThat(merging.vertical()).isTrue();
    }

    @Test
    void options_limits_areAsGiven() throws IOException {
        var options = options("--compact.concurrency=3", "--compact.memory-limit=600MiB", "--delete-delay=0s");

        assertThat(options.limits()).isEqualTo(new WorkLimits(600 << 20, 0, 3));
        assertThat(options.delays().deletion()).isEqualTo(Duration.ZERO);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--retention.resolution-raw=-5d | --retention.resolution-raw must not be negative: -5d",
                "--retention.resolution-1h=-1h | --retention.resolution-1h must not be negative: -1h",
                "--delete-delay=-1m | --delete-delay must not be negative: -1m",
                "--consistency-delay=-30m | --consistency-delay must not be negative: -30m",
                "--min-time=2030-01-01T00:00:00Z --max-time=2029-01-01T00:00:00Z | --min-time is after --max-time",
                "--compact.concurrency=0 | --compact.concurrency must be at least 1",
                "--deduplication.func=penalty | needs --deduplication.replica-label",
                "--hash-func=MD5 | --hash-func: use SHA256",
                "--no-downsample.as-soon-as-possible --retention.resolution-raw=39h | must be at least 40h"
            })
    void options_thatMakeNoSense_areRefused(String arguments, String message) {
        assertThatThrownBy(() -> options(arguments.split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
