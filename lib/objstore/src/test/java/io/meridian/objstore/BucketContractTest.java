package io.meridian.objstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.objstore.Bucket.Precondition;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every bucket does.
abstract class BucketContractTest {
    private Bucket bucket;

    /// An empty bucket.
    abstract Bucket create() throws Exception;

    /// Whether replacing by version is atomic among writers at the same time.
    boolean replacesAtomically() {
        return true;
    }

    /// Whether listings order characters above U+FFFF after the ones below.
    boolean ordersSupplementaryCharacters() {
        return true;
    }

    /// Stores many small objects, each with its key as its content.
    void store(List<String> keys) throws Exception {
        together(keys.stream()
                .map(key -> (Callable<ObjectInfo>) () -> bucket.put(key, bytes(key), Precondition.NONE))
                .toList());
    }

    @BeforeEach
    void open() throws Exception {
        bucket = create();
    }

    @AfterEach
    void close() {
        if (bucket != null) {
            bucket.close();
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] read(String key, long offset, long length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return bucket.read(key, offset, length, arena).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private List<String> list(String prefix) throws IOException {
        List<String> keys = new ArrayList<>();
        bucket.list(prefix, info -> keys.add(info.key()));
        return keys;
    }

    private static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >>> 8));
        }
        return bytes;
    }

    @Test
    void put_thenRead_givesTheSameBytes() throws IOException {
        ObjectInfo info = bucket.put("a/b.txt", bytes("hello"), Precondition.NONE);
        assertThat(info.sizeBytes()).isEqualTo(5);
        assertThat(bucket.readAll("a/b.txt")).isEqualTo(bytes("hello"));
        assertThat(bucket.exists("a/b.txt")).isTrue();
        ObjectInfo stat = bucket.stat("a/b.txt");
        assertThat(stat.version()).isEqualTo(info.version());
        assertThat(stat.sizeBytes()).isEqualTo(5);
        assertThat(stat.lastModifiedMs()).isBetween(1_600_000_000_000L, System.currentTimeMillis() + 3_600_000);
    }

    @Test
    void put_emptyObject_isThere() throws IOException {
        bucket.put("empty", new byte[0], Precondition.NONE);
        assertThat(bucket.readAll("empty")).isEmpty();
        assertThat(read("empty", 0, 0)).isEmpty();
        assertThat(bucket.stat("empty").sizeBytes()).isZero();
    }

    @Test
    void read_ranges_areExact() throws IOException {
        byte[] whole = pattern(300_000);
        bucket.put("ranges", whole, Precondition.NONE);
        for (int[] range : new int[][] {{0, 1}, {0, 300_000}, {299_999, 1}, {4095, 4098}, {70_001, 100_000}, {5, 0}}) {
            assertThat(read("ranges", range[0], range[1]))
                    .isEqualTo(java.util.Arrays.copyOfRange(whole, range[0], range[0] + range[1]));
        }
    }

    @Test
    void read_beyondTheEnd_isEndOfFile() throws IOException {
        bucket.put("short", bytes("12345"), Precondition.NONE);
        assertThatThrownBy(() -> read("short", 3, 3))
                .isInstanceOf(EOFException.class)
                .hasMessageContaining("short");
        assertThatThrownBy(() -> read("short", 6, 1)).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> read("short", 5, 1)).isInstanceOf(EOFException.class);
    }

    @Test
    void read_segment_isReadOnlyAndEndsWithItsArena() throws IOException {
        bucket.put("segment", pattern(100_000), Precondition.NONE);
        MemorySegment segment;
        try (Arena arena = Arena.ofShared()) {
            segment = bucket.read("segment", 10, 90_000, arena);
            assertThat(segment.isReadOnly()).isTrue();
            assertThat(segment.byteSize()).isEqualTo(90_000);
        }
        MemorySegment closed = segment;
        assertThatThrownBy(() -> closed.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void missingObject_isNotFound() throws IOException {
        assertThatThrownBy(() -> bucket.stat("no/such"))
                .isInstanceOf(ObjectNotFoundException.class)
                .hasMessageContaining("no/such");
        assertThatThrownBy(() -> read("no/such", 0, 1)).isInstanceOf(ObjectNotFoundException.class);
        assertThatThrownBy(() -> bucket.readAll("no/such")).isInstanceOf(ObjectNotFoundException.class);
        assertThat(bucket.exists("no/such")).isFalse();
        bucket.delete("no/such");
    }

    @Test
    void directoryOfKeys_isNoObject() throws IOException {
        bucket.put("dir/sub/file", bytes("x"), Precondition.NONE);
        assertThat(bucket.exists("dir")).isFalse();
        assertThat(bucket.exists("dir/sub")).isFalse();
        bucket.delete("dir/sub");
        assertThat(list("")).containsExactly("dir/sub/file");
    }

    @Test
    void delete_removesTheObjectOnly() throws IOException {
        bucket.put("d/1", bytes("1"), Precondition.NONE);
        bucket.put("d/2", bytes("2"), Precondition.NONE);
        bucket.delete("d/1");
        assertThat(list("")).containsExactly("d/2");
        bucket.delete("d/2");
        assertThat(list("")).isEmpty();
        bucket.put("d", bytes("now a file"), Precondition.NONE);
        assertThat(list("")).containsExactly("d");
    }

    @Test
    void list_isRecursiveAndInByteOrder() throws IOException {
        String below = ordersSupplementaryCharacters() ? "b/\uFFFD" : "b/\u7FFD";
        List<String> keys =
                List.of("a.b", "a/b/c", "a/b/d", "a/b0", "a0", "b c+d%&=é", below, "b/\uD83D\uDE00", "zz/z/z");
        for (int i = keys.size() - 1; i >= 0; i--) {
            bucket.put(keys.get(i), bytes("x" + i), Precondition.NONE);
        }
        assertThat(list("")).containsExactlyElementsOf(keys);
        assertThat(list("a/")).containsExactly("a/b/c", "a/b/d", "a/b0");
        assertThat(list("a/b")).containsExactly("a/b/c", "a/b/d", "a/b0");
        assertThat(list("a/b/")).containsExactly("a/b/c", "a/b/d");
        assertThat(list("a")).containsExactly("a.b", "a/b/c", "a/b/d", "a/b0", "a0");
        assertThat(list("a/b/c")).containsExactly("a/b/c");
        assertThat(list("nothing")).isEmpty();
        assertThat(list("zz/z/z/")).isEmpty();
        assertThat(bucket.readAll("b/\uD83D\uDE00")).isEqualTo(bytes("x7"));
    }

    @Test
    void list_moreThanAPage_isComplete() throws Exception {
        List<String> keys =
                IntStream.range(0, 1203).mapToObj("page/%04d"::formatted).toList();
        store(keys);
        assertThat(list("page/")).containsExactlyElementsOf(keys);
        List<ObjectInfo> infos = new ArrayList<>();
        bucket.list("page/12", infos::add);
        assertThat(infos).hasSize(3).allSatisfy(info -> {
            assertThat(info.sizeBytes()).isEqualTo(9);
            assertThat(info.version()).isEqualTo(bucket.stat(info.key()).version());
        });
    }

    @Test
    void upload_isInvisibleUntilCommitted() throws IOException {
        try (var upload = bucket.upload("u/x", Precondition.NONE)) {
            upload.write(MemorySegment.ofArray(bytes("part one, ")));
            assertThat(list("")).isEmpty();
            assertThat(bucket.exists("u/x")).isFalse();
            upload.write(MemorySegment.ofArray(bytes("part two")));
            upload.commit();
        }
        assertThat(bucket.readAll("u/x")).isEqualTo(bytes("part one, part two"));
    }

    @Test
    void upload_closedWithoutCommit_leavesNothing() throws IOException {
        bucket.put("kept", bytes("old"), Precondition.NONE);
        try (var upload = bucket.upload("kept", Precondition.NONE)) {
            upload.write(MemorySegment.ofArray(pattern(100_000)));
        }
        try (var upload = bucket.upload("never", Precondition.NONE)) {
            upload.write(MemorySegment.ofArray(pattern(100_000)));
        }
        assertThat(list("")).containsExactly("kept");
        assertThat(bucket.readAll("kept")).isEqualTo(bytes("old"));
    }

    @Test
    void upload_large_isWhole() throws IOException {
        byte[] piece = pattern(1 << 20);
        ObjectInfo info;
        try (var upload = bucket.upload("large", Precondition.ABSENT);
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(piece.length);
            for (int i = 0; i < 19; i++) {
                piece[0] = (byte) i;
                MemorySegment.copy(piece, 0, buffer, ValueLayout.JAVA_BYTE, 0, piece.length);
                upload.write(buffer);
                buffer.fill((byte) 0); // the bytes were taken, or written
            }
            upload.write(MemorySegment.ofArray(bytes("end")));
            info = upload.commit();
        }
        assertThat(info.sizeBytes()).isEqualTo(19L * (1 << 20) + 3);
        assertThat(bucket.stat("large").version()).isEqualTo(info.version());
        for (int i = 0; i < 19; i++) {
            assertThat(read("large", (long) i << 20, 2)).isEqualTo(new byte[] {(byte) i, piece[1]});
        }
        assertThat(read("large", 19L << 20, 3)).isEqualTo(bytes("end"));
        assertThatThrownBy(() -> {
                    try (var upload = bucket.upload("large", Precondition.ABSENT)) {
                        for (int i = 0; i < 12; i++) {
                            upload.write(MemorySegment.ofArray(piece));
                        }
                        upload.commit();
                    }
                })
                .isInstanceOf(PreconditionFailedException.class);
        assertThat(bucket.stat("large").version()).isEqualTo(info.version());
    }

    @Test
    void absent_whenThere_failsAndKeeps() throws IOException {
        bucket.put("once", bytes("first"), Precondition.ABSENT);
        assertThatThrownBy(() -> bucket.put("once", bytes("second"), Precondition.ABSENT))
                .isInstanceOf(PreconditionFailedException.class)
                .hasMessageContaining("once");
        assertThat(bucket.readAll("once")).isEqualTo(bytes("first"));
    }

    @Test
    void absent_manyAtOnce_haveOneWinner() throws Exception {
        for (int round = 0; round < 5; round++) {
            String key = "race/" + round;
            List<Callable<String>> writers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String me = "writer " + i;
                writers.add(() -> {
                    try {
                        bucket.put(key, bytes(me), Precondition.ABSENT);
                        return me;
                    } catch (PreconditionFailedException e) {
                        return "";
                    }
                });
            }
            List<String> winners =
                    together(writers).stream().filter(w -> !w.isEmpty()).toList();
            assertThat(winners).hasSize(1);
            assertThat(bucket.readAll(key)).isEqualTo(bytes(winners.getFirst()));
        }
    }

    @Test
    void version_replacesOnlyWhatItNames() throws IOException {
        ObjectInfo first = bucket.put("v", bytes("1"), Precondition.NONE);
        ObjectInfo second = bucket.put("v", bytes("2"), new Precondition.Version(first.version()));
        assertThat(second.version()).isNotEqualTo(first.version());
        assertThatThrownBy(() -> bucket.put("v", bytes("3"), new Precondition.Version(first.version())))
                .isInstanceOf(PreconditionFailedException.class);
        assertThatThrownBy(() -> bucket.put("gone", bytes("3"), new Precondition.Version(first.version())))
                .isInstanceOf(PreconditionFailedException.class);
        assertThat(bucket.readAll("v")).isEqualTo(bytes("2"));
        assertThat(bucket.exists("gone")).isFalse();
    }

    @Test
    void version_manyAtOnce_loseNoUpdate() throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(replacesAtomically(), "replacing is not atomic on this server");
        bucket.put("counter", bytes("0"), Precondition.NONE);
        List<Callable<Integer>> writers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            writers.add(() -> {
                for (int done = 0; done < 10; ) {
                    ObjectInfo info = bucket.stat("counter");
                    int value = Integer.parseInt(new String(bucket.readAll("counter"), StandardCharsets.UTF_8));
                    try {
                        bucket.put(
                                "counter",
                                bytes(Integer.toString(value + 1)),
                                new Precondition.Version(info.version()));
                        done++;
                    } catch (PreconditionFailedException e) {
                        // read again
                    }
                }
                return 0;
            });
        }
        together(writers);
        assertThat(bucket.readAll("counter")).isEqualTo(bytes("60"));
    }

    @Test
    void put_keyThatIsNone_isRefused() {
        for (String key : List.of("", "/a", "a/", "a//b", "..", "../x", "a/../../x", "./a", "a\0b")) {
            assertThatThrownBy(() -> bucket.put(key, bytes("x"), Precondition.NONE))
                    .as("key %s", key)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("invalid key");
        }
    }

    static <T> List<T> together(List<Callable<T>> tasks) throws Exception {
        try (var executor = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("writer-", 0).factory())) {
            List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(tasks)) {
                results.add(future.get());
            }
            return results;
        }
    }
}
