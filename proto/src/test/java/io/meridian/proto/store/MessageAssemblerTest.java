package io.meridian.proto.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.testkit.SeededRandom;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageAssemblerTest {
    private static Buffer framed(List<byte[]> messages) {
        Buffer stream = Buffer.buffer();
        for (byte[] message : messages) {
            stream.appendByte((byte) 0).appendInt(message.length).appendBytes(message);
        }
        return stream;
    }

    private static void collect(FrameStream.Frame first, List<FrameStream.Frame> all) {
        for (var frame = first; frame != null; frame = frame.following()) {
            all.add(frame);
        }
    }

    @Test
    void add_anyPieces_givesTheMessages() {
        var random = SeededRandom.create("add_anyPieces_givesTheMessages");
        for (int round = 0; round < 200; round++) {
            var sent = new ArrayList<byte[]>();
            int count = random.nextInt(1, 60);
            for (int i = 0; i < count; i++) {
                int bits = random.nextInt(round % 20 == 0 ? 22 : 14);
                var message = new byte[random.nextInt(1 << bits)];
                random.nextBytes(message);
                sent.add(message);
            }
            Buffer stream = framed(sent);
            var assembler = new MessageAssembler();
            var frames = new ArrayList<FrameStream.Frame>();
            int pieceMax = 1 << random.nextInt(2, 18);
            for (int at = 0; at < stream.length(); ) {
                int end = Math.min(stream.length(), at + random.nextInt(1, pieceMax));
                collect(assembler.add(stream.slice(at, end)), frames);
                at = end;
            }
            assertThat(assembler.isBetweenMessages()).isTrue();
            assertThat(frames).hasSameSizeAs(sent);
            for (int i = 0; i < count; i++) {
                var frame = frames.get(i);
                assertThat(Arrays.copyOfRange(frame.bytes(), frame.offset(), frame.offset() + frame.length()))
                        .isEqualTo(sent.get(i));
                assertThat(frame.bytes().length - frame.offset() - frame.length())
                        .isGreaterThanOrEqualTo(io.meridian.proto.codec.SeriesFrameReader.SLACK_BYTES);
            }
        }
    }

    @Test
    void add_compressedOrTooLarge_isRefused() {
        assertThatThrownBy(() -> new MessageAssembler().add(Buffer.buffer(new byte[] {1, 0, 0, 0, 1, 0})))
                .hasMessageContaining("compressed");
        assertThatThrownBy(() -> new MessageAssembler().add(Buffer.buffer(new byte[] {0, -1, 0, 0, 1, 0})))
                .hasMessageContaining("too large");
    }

    @Test
    void add_messageThatOnlySaysToBeLarge_takesNoMemoryForIt() {
        var assembler = new MessageAssembler();
        for (int i = 0; i < 100; i++) {
            assertThat(new MessageAssembler().add(Buffer.buffer(new byte[] {0, 0x7F, 0, 0, 0, 1})))
                    .isNull();
        }
        assertThat(assembler.add(Buffer.buffer(new byte[] {0, 0, 0, 0, 2, 7}))).isNull();
        assertThat(assembler.isBetweenMessages()).isFalse();
    }

    @Test
    void message_percentEncoded_isRead_anythingElseStays() {
        assertThat(GrpcTrailers.text("a%20b%C3%A4%")).isEqualTo("a b\u00e4%");
        assertThat(GrpcTrailers.text("100%2 %zz")).isEqualTo("100%2 %zz");
    }
}
