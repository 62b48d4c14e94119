package io.meridian.objstore.config;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.objstore.PrefixBucket;
import io.meridian.objstore.s3.S3Bucket;
import io.meridian.objstore.s3.S3Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A bucket as Thanos' configuration describes it: `type` (S3 or FILESYSTEM), `config`, and perhaps `prefix`.
public final class BucketConfig {
    private static final Logger log = LoggerFactory.getLogger(BucketConfig.class);

    private sealed interface Target {
        record Directory(Path path, boolean syncs) implements Target {}

        record S3(S3Settings settings) implements Target {}
    }

    private final Target target;
    private final String prefix;
    private final List<String> warnings;

    private BucketConfig(Target target, String prefix, List<String> warnings) {
        this.target = target;
        this.prefix = prefix;
        this.warnings = List.copyOf(warnings);
    }

    /// Reads the YAML; variables come from the process' environment.
    public static BucketConfig parse(String yaml) {
        return parse(yaml, System::getenv);
    }

    /// @param environment values for `${NAME}` and `$(NAME)`
    /// @throws ConfigException if a field is unknown, missing or has a value of another kind
    public static BucketConfig parse(String yaml, Function<String, @Nullable String> environment) {
        List<String> warnings = new ArrayList<>();
        YamlFields root = YamlFields.parse(yaml, environment);
        String type = root.text("type", "");
        String prefix = root.text("prefix", "");
        YamlFields config = root.mapping("config");
        if (root.has("hedging_config")) {
            warnings.add("hedging_config has no effect: reads are not hedged");
        }
        Target target = switch (type.toUpperCase(Locale.ROOT)) {
            case "S3" -> new Target.S3(S3Fields.read(config, warnings));
            case "FILESYSTEM" -> new Target.Directory(directory(config), config.flag("fsync", true));
            case "" -> throw root.missing("type", "S3 and FILESYSTEM are known");
            default ->
                throw root.invalid(
                        "type",
                        "actual=" + type
                                + "; S3 and FILESYSTEM are known (most other stores offer an endpoint for S3)");
        };
        config.finish();
        root.finish();
        if (prefix.contains("//") || (prefix + "/").contains("../")) {
            throw root.invalid("prefix", "not a path: " + prefix);
        }
        return new BucketConfig(target, prefix, warnings);
    }

    private static Path directory(YamlFields config) {
        String directory = config.text("directory", "");
        if (directory.isEmpty()) {
            throw config.missing("directory", "it names the directory that is the bucket");
        }
        return Path.of(directory);
    }

    /// Opens the bucket that the YAML describes, and logs which of its fields do nothing here.
    ///
    /// @throws ConfigException if the description is wrong
    /// @throws IOException     if a file that it names cannot be used
    public static Bucket open(String yaml) throws IOException {
        BucketConfig config = parse(yaml);
        config.warnings().forEach(warning -> log.warn("{}", warning));
        return config.open();
    }

    /// Fields that were given and do nothing here.
    public List<String> warnings() {
        return warnings;
    }

    /// @throws IOException if a file that the configuration names cannot be used
    public Bucket open() throws IOException {
        Bucket bucket = switch (target) {
            case Target.Directory(Path path, boolean syncs) -> new FilesystemBucket(path, syncs);
            case Target.S3(S3Settings settings) -> S3Bucket.open(settings);
        };
        boolean whole = prefix.chars().allMatch(c -> c == '/');
        return whole ? bucket : new PrefixBucket(bucket, prefix);
    }
}
