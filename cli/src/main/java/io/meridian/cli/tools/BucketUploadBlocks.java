package io.meridian.cli.tools;

import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockUpload;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `meridian tools bucket upload-blocks`: local blocks into a bucket, with external labels.
@Command(
        name = "upload-blocks",
        mixinStandardHelpOptions = true,
        description = "Uploads the blocks of a Prometheus data directory, with external labels.")
final class BucketUploadBlocks implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    BucketFlags bucketFlags;

    @Option(names = "--path", defaultValue = "./data", description = "Folder of blocks. Default: ${DEFAULT-VALUE}")
    Path path;

    @Option(
            names = "--label",
            required = true,
            paramLabel = "NAME=\"VALUE\"",
            description = "External label of the blocks; may be repeated.")
    List<String> labels = new ArrayList<>();

    @Option(
            names = "--shipper.upload-compacted",
            arity = "0..1",
            fallbackValue = "true",
            description = "Also blocks that Prometheus compacted.")
    boolean uploadCompacted;

    @Override
    public Integer call() throws Exception {
        Labels external = ExternalLabels.parse(spec, "--label", labels);
        PrintWriter out = spec.commandLine().getOut();
        int uploaded = 0;
        int present = 0;
        int skipped = 0;
        try (Bucket bucket = bucketFlags.open()) {
            for (BlockMeta meta : localBlocks()) {
                if (meta.compaction().level() > 1 && !uploadCompacted) {
                    skipped++;
                } else if (bucket.exists(BlockFiles.key(meta.id(), BlockMeta.FILE))) {
                    present++;
                } else {
                    Path directory = path.resolve(meta.id().toString());
                    new BlockUpload(false)
                            .upload(directory, labelled(meta, directory, external), bucket, Instant.now());
                    uploaded++;
                    out.println("uploaded " + meta.id());
                    out.flush();
                }
            }
        }
        out.printf("%d uploaded, %d in the bucket already, %d compacted and left out%n", uploaded, present, skipped);
        out.flush();
        return 0;
    }

    private static BlockMeta labelled(BlockMeta meta, Path directory, Labels external) throws IOException {
        var segments = new ArrayList<String>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.resolve("chunks"))) {
            files.forEach(file -> segments.add(file.getFileName().toString()));
        }
        segments.sort(null);
        return meta.withThanos(meta.thanos()
                .withLabels(meta.thanos().labels().overriddenBy(external))
                .withSource("bucket.upload")
                .withSegmentFiles(segments));
    }

    private List<BlockMeta> localBlocks() throws IOException {
        var metas = new ArrayList<BlockMeta>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                if (BlockId.isBlockId(entry.getFileName().toString())) {
                    Path file = entry.resolve(BlockMeta.FILE);
                    metas.add(BlockMeta.parse(file.toString(), Files.readAllBytes(file)));
                }
            }
        }
        metas.sort(Comparator.comparingLong(BlockMeta::minTimeMs));
        return metas;
    }
}
