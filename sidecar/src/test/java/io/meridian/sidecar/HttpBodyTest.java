package io.meridian.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.testkit.SeededRandom;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class HttpBodyTest {
    private static final Map<String, String> CHUNKED = Map.of("transfer-encoding", "chunked");

    /// Gives its bytes in pieces, as a network does.
    private static final class Pieces extends InputStream {
        private final InputStream in;
        private final RandomGenerator random;

        Pieces(byte[] bytes, RandomGenerator random) {
            this.in = new ByteArrayInputStream(bytes);
            this.random = random;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return in.read(target, offset, Math.min(length, 1 + random.nextInt(5_000)));
        }
    }

    private static byte[] read(Map<String, String> headers, byte[] wire, RandomGenerator random) throws IOException {
        return HttpBody.of(200, headers, new HttpBuffer(new Pieces(wire, random)))
                .readAllBytes();
    }

    private static byte[] read(Map<String, String> headers, String wire) throws IOException {
        return read(headers, wire.getBytes(StandardCharsets.ISO_8859_1), new java.util.SplittableRandom(1));
    }

    private static byte[] chunked(byte[] content, RandomGenerator random) {
        var out = new ByteArrayOutputStream();
        for (int at = 0; at < content.length; ) {
            int length = Math.min(content.length - at, 1 + random.nextInt(4_000));
            out.writeBytes((Integer.toHexString(length) + (random.nextInt(10) == 0 ? ";a=b" : "") + "\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            out.write(content, at, length);
            out.writeBytes(new byte[] {'\r', '\n'});
            at += length;
        }
        out.writeBytes("0\r\nTrailer: x\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        return out.toByteArray();
    }

    @Test
    void chunks_howeverCut_areTheContent() throws Exception {
        var random = SeededRandom.create("chunks_howeverCut_areTheContent");
        for (int round = 0; round < 50; round++) {
            byte[] content = new byte[random.nextInt(300_000)];
            random.nextBytes(content);
            assertThat(read(CHUNKED, chunked(content, random), random)).isEqualTo(content);
        }
    }

    @Test
    void length_orEndOfTheConnection_endsTheContent() throws Exception {
        assertThat(read(Map.of("content-length", "3"), "abcdef")).asString().isEqualTo("abc");
        assertThat(read(Map.of("content-length", "0"), "abcdef")).isEmpty();
        assertThat(read(Map.of(), "abcdef")).asString().isEqualTo("abcdef");
    }

    @Test
    void body_cutOff_isAnError() {
        assertThatThrownBy(() -> read(Map.of("content-length", "7"), "abcdef")).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> read(CHUNKED, "6\r\nabcdef\r\n")).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> read(CHUNKED, "8\r\nabcdef")).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> read(CHUNKED, "")).isInstanceOf(EOFException.class);
    }

    @Test
    void body_malformed_isAnErrorThatSaysSo() {
        assertThatThrownBy(() -> read(CHUNKED, "2\r\nabcdef\r\n0\r\n\r\n")).hasMessageContaining("longer than it says");
        assertThatThrownBy(() -> read(CHUNKED, "\r\nabcdef")).hasMessageContaining("without a length");
        assertThatThrownBy(() -> read(CHUNKED, "fffffffffffffffff\r\n")).hasMessageContaining("wrong length");
        assertThatThrownBy(() -> read(CHUNKED, "1;" + "x".repeat(10_000) + "\r\n"))
                .hasMessageContaining("extension");
        assertThatThrownBy(() -> read(Map.of("content-length", "-1"), "")).hasMessageContaining("wrong length");
        assertThatThrownBy(() -> read(Map.of("transfer-encoding", "gzip, chunked"), ""))
                .hasMessageContaining("unknown transfer encoding");
    }

    @Test
    void chunks_damaged_areReadOrRefused_neverAnotherException() {
        var random = SeededRandom.create("chunks_damaged_areReadOrRefused_neverAnotherException");
        byte[] content = new byte[20_000];
        byte[] wire = chunked(content, random);
        for (int round = 0; round < 2_000; round++) {
            byte[] broken = random.nextInt(4) == 0 ? Arrays.copyOf(wire, random.nextInt(wire.length)) : wire.clone();
            for (int i = random.nextInt(4); i >= 0 && broken.length > 0; i--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            try {
                read(CHUNKED, broken, random);
            } catch (IOException refused) {
                assertThat(refused).hasMessageMatching(".*(answer|head of an answer).*");
            }
        }
    }
}
