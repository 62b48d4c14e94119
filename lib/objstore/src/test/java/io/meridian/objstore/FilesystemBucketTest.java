package io.meridian.objstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.meridian.objstore.Bucket.Precondition;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesystemBucketTest extends BucketContractTest {
    @TempDir
    Path directory;

    @Override
    Bucket create() {
        return new FilesystemBucket(directory.resolve("bucket"));
    }

    /// Written past the bucket, which would bring each of them to the disk.
    @Override
    void store(List<String> keys) throws IOException {
        for (String key : keys) {
            Path file = directory.resolve("bucket").resolve(key);
            Files.createDirectories(file.resolveSibling("."));
            Files.write(file, bytes(key));
        }
    }

    @Test
    void upload_underWay_isNotListedAndLeavesNoFile() throws IOException {
        Path root = directory.resolve("own");
        try (var bucket = new FilesystemBucket(root);
                var upload = bucket.upload("x", Precondition.NONE)) {
            upload.write(MemorySegment.ofArray(new byte[10]));
            List<ObjectInfo> seen = new ArrayList<>();
            bucket.list("", seen::add);
            assertThat(seen).isEmpty();
            try (var files = Files.list(root.resolve(FilesystemBucket.UPLOADS))) {
                assertThat(files).hasSize(1);
            }
        }
        try (var files = Files.list(root.resolve(FilesystemBucket.UPLOADS))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void upload_soLargeThatTheDiskBeginsBeforeItsEnd_isStoredWhole() throws IOException {
        byte[] piece = new byte[20 << 20];
        piece[piece.length - 1] = 7;
        try (var bucket = new FilesystemBucket(directory.resolve("own"))) {
            try (var upload = bucket.upload("large", Precondition.NONE)) {
                for (int i = 0; i < 3; i++) {
                    upload.write(MemorySegment.ofArray(piece));
                }
                assertThat(upload.commit().sizeBytes()).isEqualTo(3L * piece.length);
            }
            assertThat(bucket.readBytes("large", 3L * piece.length - 1, 1)).containsExactly(7);
            var target = new byte[4];
            bucket.read("large", 3L * piece.length - 1, target, 2, 1);
            assertThat(target).containsExactly(0, 0, 7, 0);
            try (var upload = bucket.upload("abandoned", Precondition.NONE)) {
                upload.write(MemorySegment.ofArray(piece));
                upload.write(MemorySegment.ofArray(piece));
            }
            assertThatThrownBy(() -> bucket.stat("abandoned")).isInstanceOf(ObjectNotFoundException.class);
        }
    }

    @Test
    void upload_leftByADeadProcess_isRemovedAfterADay() throws IOException {
        Path uploads = Files.createDirectories(directory.resolve("old").resolve(FilesystemBucket.UPLOADS));
        Path old = Files.writeString(uploads.resolve("1.part"), "x");
        Path fresh = Files.writeString(uploads.resolve("2.part"), "x");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        try (var bucket = new FilesystemBucket(directory.resolve("old"))) {
            bucket.put("k", bytes("v"), Precondition.NONE);
        }
        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void read_keyThatEscapes_isRefused() throws IOException {
        Files.writeString(directory.resolve("secret"), "x");
        Path root = Files.createDirectories(directory.resolve("jail"));
        try (var bucket = new FilesystemBucket(root)) {
            for (String key :
                    List.of("../secret", "a/../../secret", "/etc/passwd", FilesystemBucket.UPLOADS + "/lock")) {
                assertThatThrownBy(() -> bucket.readAll(key))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("invalid key");
                assertThatThrownBy(() -> bucket.delete(key)).hasMessageContaining("invalid key");
            }
            assertThatThrownBy(() -> bucket.list("../", _ -> {})).hasMessageContaining("invalid key");
        }
        assertThat(directory.resolve("secret")).exists();
    }

    @Test
    void put_underAnObject_saysWhatIsInTheWay() throws IOException {
        try (var bucket = new FilesystemBucket(directory.resolve("way"))) {
            bucket.put("x", bytes("file"), Precondition.NONE);
            assertThatThrownBy(() -> bucket.put("x/y", bytes("under it"), Precondition.NONE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("x/y");
            bucket.put("d/e", bytes("file"), Precondition.NONE);
            assertThatThrownBy(() -> bucket.put("d", bytes("over it"), Precondition.NONE))
                    .hasMessageContaining("directory");
            assertThat(bucket.exists("x/y")).isFalse();
        }
    }

    @Test
    void list_folderThatNobodyMayLookInto_showsTheRestAndNamesIt() throws IOException {
        Path root = Files.createDirectories(directory.resolve("mixed"));
        try (var bucket = new FilesystemBucket(root)) {
            for (String key : List.of("a/x", "b/x", "b/c/x", "d/x")) {
                bucket.put(key, bytes(key), Precondition.NONE);
            }
            Path locked = root.resolve("b/c");
            Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("---------"));
            try {
                // root may look everywhere
                assumeFalse(Files.isReadable(locked));
                var seen = new ArrayList<String>();
                assertThatThrownBy(() -> bucket.list("", object -> seen.add(object.key())))
                        .isInstanceOfSatisfying(
                                PartialListingException.class,
                                e -> assertThat(e.folders()).containsExactly("b/c/"));
                assertThat(seen).containsExactly("a/x", "b/x", "d/x");
                seen.clear();
                bucket.list("a", object -> seen.add(object.key()));
                assertThat(seen).containsExactly("a/x");
            } finally {
                Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwx------"));
            }
        }
    }
}
