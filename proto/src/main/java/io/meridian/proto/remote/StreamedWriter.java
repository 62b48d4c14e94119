package io.meridian.proto.remote;

import com.google.protobuf.ByteString;
import io.meridian.model.Labels;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.proto.codec.ModelCodec;
import io.meridian.proto.wire.prometheus.Chunk;
import io.meridian.proto.wire.prometheus.ChunkedReadResponse;
import io.meridian.proto.wire.prometheus.ChunkedSeries;
import io.meridian.proto.wire.prometheus.Label;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.zip.CRC32C;

/// Writes the streamed answer of a remote read, one series per frame; a large series takes several frames.
public final class StreamedWriter {
    private final OutputStream out;
    private final int frameBytesMax;

    /// @param frameBytesMax bytes of chunks after which a frame is cut
    public StreamedWriter(OutputStream out, int frameBytesMax) {
        this.out = out;
        this.frameBytesMax = frameBytesMax;
    }

    public void series(int queryIndex, Labels labels, List<EncodedChunk> chunks) throws IOException {
        var series = ChunkedSeries.newBuilder();
        for (int i = 0; i < labels.size(); i++) {
            series.addLabels(Label.newBuilder()
                    .setName(ModelCodec.bytes(labels.name(i)))
                    .setValue(ModelCodec.bytes(labels.value(i))));
        }
        int labelBytes = series.build().getSerializedSize();
        int left = frameBytesMax - labelBytes;
        for (int i = 0; i < chunks.size(); i++) {
            EncodedChunk chunk = chunks.get(i);
            Chunk wire = Chunk.newBuilder()
                    .setMinTimeMs(chunk.minMs())
                    .setMaxTimeMs(chunk.maxMs())
                    .setType(chunk.encoding().id())
                    .setData(ByteString.copyFrom(chunk.array(), chunk.offset(), chunk.length()))
                    .build();
            series.addChunks(wire);
            left -= wire.getSerializedSize();
            if (left <= 0 && i < chunks.size() - 1) {
                frame(queryIndex, series);
                series.clearChunks();
                left = frameBytesMax - labelBytes;
            }
        }
        frame(queryIndex, series);
    }

    private void frame(int queryIndex, ChunkedSeries.Builder series) throws IOException {
        byte[] message = ChunkedReadResponse.newBuilder()
                .addChunkedSeries(series)
                .setQueryIndex(queryIndex)
                .build()
                .toByteArray();
        int rest = message.length;
        while (rest >= 0x80) {
            out.write(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
        var crc = new CRC32C();
        crc.update(message);
        int value = (int) crc.getValue();
        out.write(value >>> 24);
        out.write(value >>> 16);
        out.write(value >>> 8);
        out.write(value);
        out.write(message);
    }
}
