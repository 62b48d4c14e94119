package io.meridian.server.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

class FlagsTest {
    private static final List<InertFlag> INERT =
            List.of(InertFlag.value("--tracing.config", "no tracing"), InertFlag.toggle("--web.disable", "always on"));

    @Command(name = "probe", mixinStandardHelpOptions = true)
    static final class Probe implements Callable<Integer> {
        @Mixin
        HttpFlags http;

        @Option(names = "--delay", defaultValue = "30m")
        Duration delay;

        @Option(names = "--cache-size", defaultValue = "250MB")
        ByteSize cacheSize;

        @Option(names = "--query.replica-label", split = ",")
        List<String> replicaLabels = List.of();

        @Option(names = "--query.auto-downsampling", negatable = true)
        boolean autoDownsampling;

        @Option(names = "--query.partial-response", negatable = true, defaultValue = "true", fallbackValue = "true")
        boolean partialResponse;

        @Option(names = "--min-time", defaultValue = "0000-01-01T00:00:00Z")
        TimeOrDuration minTime;

        @Override
        public Integer call() {
            return 0;
        }
    }

    @Command(name = "group", mixinStandardHelpOptions = true, subcommands = Probe.class)
    static final class Group {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | group: error: say which: probe, try --help",
                "prob | group: error: unknown command \"prob\": did you mean probe?, try --help",
                "entirely | group: error: unknown command \"entirely\": use one of probe, try --help"
            })
    void explain_subcommandMissingOrWrong_namesThoseThereAre(String argument, String message) {
        var errors = new StringWriter();
        var line = Flags.commandLine(new Group(), List.of()).setErr(new PrintWriter(errors));

        int code = argument.isEmpty() ? line.execute() : line.execute(argument);

        assertThat(code).isEqualTo(2);
        assertThat(errors.toString().strip()).isEqualTo(message);
    }

    private static Probe parse(String... arguments) {
        var probe = new Probe();
        Flags.commandLine(probe, INERT).parseArgs(arguments);
        return probe;
    }

    @Test
    void parse_bothForms_areAccepted() {
        var probe = parse("--delay=2d", "--http-address", ":8080", "--cache-size", "1GiB", "--min-time", "-2w");
        assertThat(probe.delay).isEqualTo(Duration.ofDays(2));
        assertThat(probe.http.address).isEqualTo(new HostPort("0.0.0.0", 8080));
        assertThat(probe.http.gracePeriod).isEqualTo(Duration.ofMinutes(2));
        assertThat(probe.cacheSize.bytes()).isEqualTo(1L << 30);
        assertThat(probe.minTime.epochMs(() -> Instant.ofEpochSecond(1_300_000)))
                .isEqualTo(90_400_000);
    }

    @Test
    void parse_switches_canBeNegated() {
        assertThat(parse().autoDownsampling).isFalse();
        assertThat(parse().partialResponse).isTrue();
        assertThat(parse("--query.auto-downsampling").autoDownsampling).isTrue();
        assertThat(parse("--query.partial-response").partialResponse).isTrue();
        assertThat(parse("--no-query.partial-response").partialResponse).isFalse();
    }

    @Test
    void parse_repeatedAndCommas_areCollected() {
        assertThat(parse("--query.replica-label=a,b", "--query.replica-label", "c").replicaLabels)
                .containsExactly("a", "b", "c");
    }

    @Test
    void parse_inertFlags_areKnown() {
        assertThat(parse("--tracing.config=x", "--web.disable", "--delay=1s").delay)
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void execute_unknownFlag_suggestsTheNearest() {
        var errors = new StringWriter();
        int code = Flags.commandLine(new Probe(), INERT)
                .setErr(new PrintWriter(errors, true))
                .execute("--http-adress=x");
        assertThat(code).isEqualTo(Flags.EXIT_USAGE);
        assertThat(errors.toString()).contains("unknown flag --http-adress: did you mean --http-address?");
    }

    @Test
    void execute_badValue_namesFlagAndForm() {
        var errors = new StringWriter();
        Flags.commandLine(new Probe(), INERT)
                .setErr(new PrintWriter(errors, true))
                .execute("--delay=soon");
        assertThat(errors.toString())
                .startsWith("probe: error: --delay: not a duration: \"soon\" (write it like 30m")
                .doesNotContain("Exception");
    }

    @Test
    void parse_subcommand_hasTheSameConventions() {
        var probe = new Probe();
        CommandLine line = new CommandLine(CommandSpec.create().name("all"));
        line.addSubcommand(probe);
        Flags.configure(line, INERT).parseArgs("probe", "--no-query.partial-response", "--delay=2d");
        assertThat(probe.partialResponse).isFalse();
        assertThat(probe.delay).isEqualTo(Duration.ofDays(2));
    }

    @Test
    void textOrFile_fileThatIsNotThere_isNamedWithItsFlag(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("bucket.yml");
        assertThatThrownBy(() -> TextOrFile.read("--objstore.config", "", file.toString()))
                .hasMessage("--objstore.config-file: cannot read " + file + ": no such file");
        assertThatThrownBy(() -> TextOrFile.read("--objstore.config", "x", file.toString()))
                .hasMessage("--objstore.config and --objstore.config-file cannot be given together");
        Files.writeString(file, "type: S3");
        assertThat(TextOrFile.read("--objstore.config", "", file.toString())).isEqualTo("type: S3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "ftp://x", "http://a b", "http:///path", ""})
    void url_ofNoHttpServer_isRefused(String text) {
        assertThatThrownBy(() -> HttpUrl.parse(text)).hasMessageContaining("\"" + text + "\"");
    }

    @Test
    void usage_listsFlagsWithDefaults_hidesInert() {
        String usage = Flags.commandLine(new Probe(), INERT).getUsageMessage(CommandLine.Help.Ansi.OFF);
        assertThat(usage).contains("--http-address").contains("0.0.0.0:10902").doesNotContain("--tracing.config");
    }

    @ParameterizedTest
    @CsvSource({
        "30m,1800000",
        "2d,172800000",
        "0s,0",
        "0,0",
        "1h30m,5400000",
        "1.5s,1500",
        "-1w,-604800000",
        "1y,31536000000"
    })
    void duration_goForms_areRead(String text, long expectedMs) {
        assertThat(GoDuration.parse(text).toMillis()).isEqualTo(expectedMs);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "m", "5x", "1h 2m", "300000y"})
    void duration_others_areRefused(String text) {
        assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2m", "1h30m", "500ms", "0s", "2d", "-1w"})
    void duration_formatted_isTheSameText(String text) {
        assertThat(GoDuration.format(GoDuration.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"250MB,262144000", "2GiB,2147483648", "512KB,524288", "1000,1000", "1.5KiB,1536", "10B,10"})
    void size_forms_areRead(String text, long expected) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(expected);
    }
}
