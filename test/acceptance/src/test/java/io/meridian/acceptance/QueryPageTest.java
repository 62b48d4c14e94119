package io.meridian.acceptance;

import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.config.BucketConfig;
import io.meridian.tsdb.block.BlockId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The querier's page in a real browser: a query is typed, a graph and a table are seen, a warning and an error too.
class QueryPageTest {
    private static final long START_MS = 1_700_006_400_000L;
    private static final Labels REGION = Labels.of("region", "eu");

    @TempDir
    private Path directory;

    @Test
    void page_inABrowser_showsGraphTableWarningAndError() throws Exception {
        Peers.require("chromium");
        Path folder = Files.createDirectories(directory.resolve("bucket"));
        String yaml = "type: FILESYSTEM\nconfig:\n  directory: " + folder + "\n";
        BlockId bad;
        try (Bucket bucket = BucketConfig.parse(yaml).open()) {
            var blocks = new SmallBlocks(directory);
            BlockId good = blocks.add(bucket, REGION, START_MS);
            bad = blocks.add(bucket, REGION, START_MS + SmallBlocks.BLOCK_MS);
            BlockFault.INDEX_CUT.apply(bucket, bad, good);
        }
        long goodEnd = (START_MS + SmallBlocks.HOUR_MS) / 1000;
        long badEnd = (START_MS + 3 * SmallBlocks.HOUR_MS) / 1000;
        try (var store = MeridianProcess.start(
                        directory, "store", "--data-dir=" + directory.resolve("store"), "--objstore.config=" + yaml);
                var querier = MeridianProcess.start(directory, "query", "--endpoint=" + store.grpc())) {
            Await.until(
                    "the store at the querier",
                    Duration.ofSeconds(60),
                    () -> !querier.client().instant("up", goodEnd).series().isEmpty());
            try (var browser = Browser.open(directory, querier.url() + "/")) {
                browser.until("document.readyState === 'complete' && document.querySelector('#run') !== null");
                browser.type("#end", Long.toString(goodEnd));
                browser.type("#query", "up{instance=\"3\"}");
                browser.click("#run");
                browser.until("document.querySelector('#result canvas') !== null");
                browser.until("document.querySelector('#status').textContent.startsWith('1 series')");

                browser.click("[data-tab=table]");
                browser.until("document.querySelector('#result table') !== null"
                        + " && document.querySelector('#result table').textContent.includes('" + (goodEnd + 3) + "')");
                browser.until("document.querySelector('.message') === null");

                // another end runs the query by itself
                browser.type("#end", Long.toString(badEnd));
                browser.until("document.querySelector('.message.warning') !== null"
                        + " && document.querySelector('.message.warning').textContent.includes('" + bad + "')");

                browser.type("#query", "sum(up");
                browser.click("#run");
                browser.until("document.querySelector('.message.error') !== null"
                        + " && document.querySelector('.message.error').textContent.includes('1:7: parse error')");
            }
        }
    }
}
