package io.meridian.compactor;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is left to do, as a log line now and then while there is something; for those who watch no terminal.
final class ProgressLog {
    private static final Logger log = LoggerFactory.getLogger(ProgressLog.class);
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final CompactorStatus status;
    private final Thread writer;
    private ProgressBar.@Nullable State last;

    /// Begins to write.
    ProgressLog(CompactorStatus status) {
        this.status = status;
        this.writer = Thread.ofPlatform().name("progress").daemon().unstarted(this::write);
        writer.start();
    }

    private void write() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                tell(status.progress());
            }
        } catch (InterruptedException e) {
            tell(status.progress());
        }
    }

    /// Nothing is said twice, and nothing of a compactor that waits.
    private void tell(ProgressBar.State now) {
        var before = last;
        last = now;
        if (now.equals(before) || before == null && now.samplesDone() + now.samplesLeft() == 0) {
            return;
        }
        log.atInfo()
                .addKeyValue("state", now.state())
                .addKeyValue("groups", now.groups())
                .addKeyValue("blocks_left", now.blocksLeft())
                .addKeyValue("samples_done", now.samplesDone())
                .addKeyValue("samples_left", now.samplesLeft())
                .addKeyValue("samples_per_second", Math.round(now.rate()))
                .addKeyValue("seconds_left", Math.round(now.etaSeconds()))
                .log("progress");
    }

    void stop() {
        writer.interrupt();
        try {
            writer.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
