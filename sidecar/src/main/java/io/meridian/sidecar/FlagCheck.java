package io.meridian.sidecar;

import io.meridian.server.flag.GoDuration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether a Prometheus runs so that its blocks can be shipped: it must not compact them before they are uploaded.
final class FlagCheck {
    private static final Logger log = LoggerFactory.getLogger(FlagCheck.class);
    private static final Duration BLOCK_DURATION_USUAL = Duration.ofHours(2);

    private FlagCheck() {}

    /// @param flags               of Prometheus, by name without dashes
    /// @param recordFile          where uploads are recorded
    /// @param ignoreUnequalBlocks whether local compaction is only warned of
    /// @throws IllegalStateException if its flags do not do; says which must change
    static void check(Map<String, String> flags, Path recordFile, boolean ignoreUnequalBlocks) {
        String delayFile = flags.getOrDefault("storage.tsdb.delay-compact-file.path", "");
        String min = flags.getOrDefault("storage.tsdb.min-block-duration", "2h");
        String max = flags.getOrDefault("storage.tsdb.max-block-duration", "2h");
        if (!delayFile.isEmpty()) {
            Path given = Path.of(delayFile).toAbsolutePath().normalize();
            Path expected = recordFile.toAbsolutePath().normalize();
            if (!given.equals(expected)) {
                throw new IllegalStateException("Prometheus has --storage.tsdb.delay-compact-file.path=" + delayFile
                        + ", but the sidecar records" + " its uploads in " + expected + ": make them equal");
            }
        } else if (!parse(min).equals(parse(max))) {
            String text = "Prometheus compacts blocks itself: --storage.tsdb.min-block-duration=" + min
                    + " and --storage.tsdb.max-block-duration=" + max + " must be equal (2h is usual)";
            if (!ignoreUnequalBlocks) {
                throw new IllegalStateException(text);
            }
            log.warn("{}; going on as --shipper.ignore-unequal-block-size asks", text);
        }
        if (!parse(min).equals(BLOCK_DURATION_USUAL)) {
            log.warn("Prometheus has --storage.tsdb.min-block-duration={}, 2h is recommended", min);
        }
    }

    private static Duration parse(String text) {
        try {
            return GoDuration.parse(text);
        } catch (IllegalArgumentException e) {
            return Duration.ZERO;
        }
    }
}
