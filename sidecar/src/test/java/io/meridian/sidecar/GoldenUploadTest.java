package io.meridian.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.testkit.Shared;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same blocks that a real sidecar uploaded.
class GoldenUploadTest {
    @TempDir
    Path directory;

    private static void copy(Path source, Path target) throws IOException {
        try (Stream<Path> all = Files.walk(source)) {
            for (Path path : all.toList()) {
                Path copy = target.resolve(source.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(copy);
                } else {
                    Files.write(copy, Files.readAllBytes(path));
                }
            }
        }
    }

    private static String withoutUploadTime(String meta) {
        return meta.replaceAll("\"upload_time\": \"[^\"]*\"", "\"upload_time\": \"\"");
    }

    @Test
    void sync_sameBlocks_givesTheSameBucketAndRecord() throws Exception {
        Path golden = Shared.require("golden/storage/meta/sidecar");
        copy(Shared.require("golden/storage/blocks/compaction-2h"), directory);
        var bucket = new InMemoryBucket();
        var options = new UploadOptions(false, false, true, 1, "thanos.shipper.json");
        var external = Labels.of("cluster", "c2", "replica", "0");
        var uploader = new BlockUploader(directory, bucket, () -> external, options, InstantSource.system());
        assertThat(uploader.sync()).isEqualTo(new BlockUploader.Round(6, 0));
        var tree = new ArrayList<String>();
        bucket.list(
                "",
                object -> tree.add(
                        object.key() + (object.key().endsWith(BlockMeta.FILE) ? "" : " " + object.sizeBytes())));
        List<String> expected = Files.readAllLines(golden.resolve("tree.txt")).stream()
                .map(line -> line.replaceAll("(meta.json) .*", "$1"))
                .filter(line -> !line.startsWith("thanos.shipper.json"))
                .toList();
        assertThat(tree).isEqualTo(expected);
        for (String key : tree) {
            if (key.endsWith(BlockMeta.FILE)) {
                assertThat(withoutUploadTime(new String(bucket.readAll(key), StandardCharsets.UTF_8)))
                        .isEqualTo(withoutUploadTime(Files.readString(golden.resolve(key))));
            }
        }
        assertThat(Files.readString(directory.resolve("thanos.shipper.json")))
                .isEqualTo(Files.readString(golden.resolve("thanos.shipper.json")));
    }
}
