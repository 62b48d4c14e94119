package io.meridian.proto.remote;

import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.proto.codec.EncodedLabels;
import io.meridian.proto.codec.LabelReader;
import io.meridian.proto.codec.ProtoReader;
import io.meridian.proto.codec.SeriesFrameReader;
import java.util.ArrayList;
import java.util.List;

/// A series of a remote read as the messages that it came in, where they were received.
public final class WireSeries implements ChunkedSeries, EncodedLabels {
    static final int LABEL = 1 << 3 | ProtoReader.BYTES;
    static final int CHUNK = 2 << 3 | ProtoReader.BYTES;

    private static final long OBJECT_BYTES = 64;

    private final String resource;
    private final LabelReader labelReader;
    private final byte[] bytes;
    /// from, to, from, to, …
    private final int[] parts;

    private final byte[] labelBytes;
    private final int labelsFrom;
    private final int labelsTo;
    private final boolean plain;

    WireSeries(
            String resource,
            LabelReader labelReader,
            byte[] bytes,
            int[] parts,
            byte[] labelBytes,
            int labelsFrom,
            int labelsTo,
            boolean plain) {
        this.resource = resource;
        this.labelReader = labelReader;
        this.bytes = bytes;
        this.parts = parts;
        this.labelBytes = labelBytes;
        this.labelsFrom = labelsFrom;
        this.labelsTo = labelsTo;
        this.plain = plain;
    }

    @Override
    public byte[] labelArray() {
        return labelBytes;
    }

    @Override
    public int labelsFrom() {
        return labelsFrom;
    }

    @Override
    public int labelsTo() {
        return labelsTo;
    }

    /// Decodes the labels at each call.
    @Override
    public Labels labels() {
        labelReader.clear();
        var in = new ProtoReader(resource, labelBytes, labelsFrom, labelsTo - labelsFrom);
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == LABEL) {
                labelReader.add(in);
            } else {
                in.skip(tag);
            }
        }
        return labelReader.labels();
    }

    @Override
    public boolean isPlain() {
        return plain;
    }

    @Override
    public void visit(Visitor visitor) {
        var chunk = new WireChunk();
        for (int i = 0; i < parts.length; i += 2) {
            var in = new ProtoReader(resource, bytes, parts[i], parts[i + 1] - parts[i]);
            while (in.hasMore()) {
                int tag = in.tag();
                if (tag == CHUNK) {
                    chunk.read(in);
                    visitor.chunk(chunk.encoding, chunk.minMs, chunk.maxMs, bytes, chunk.from, chunk.length);
                } else {
                    in.skip(tag);
                }
            }
        }
    }

    @Override
    public List<Chunk> chunks() {
        return chunks(bytes, parts);
    }

    private List<Chunk> chunks(byte[] array, int[] places) {
        var chunks = new ArrayList<Chunk>();
        var chunk = new WireChunk();
        for (int i = 0; i < places.length; i += 2) {
            var in = new ProtoReader(resource, array, places[i], places[i + 1] - places[i]);
            while (in.hasMore()) {
                int tag = in.tag();
                if (tag == CHUNK) {
                    chunk.read(in);
                    chunks.add(chunk.of(array));
                } else {
                    in.skip(tag);
                }
            }
        }
        return chunks;
    }

    /// The series in memory of its own.
    public ChunkSeries copy() {
        int size = 0;
        for (int i = 0; i < parts.length; i += 2) {
            size += parts[i + 1] - parts[i];
        }
        var array = new byte[size + SeriesFrameReader.SLACK_BYTES];
        var places = new int[parts.length];
        int at = 0;
        for (int i = 0; i < parts.length; i += 2) {
            int length = parts[i + 1] - parts[i];
            System.arraycopy(bytes, parts[i], array, at, length);
            places[i] = at;
            at += length;
            places[i + 1] = at;
        }
        return new ChunkSeries(labels(), chunks(array, places));
    }

    @Override
    public void read(TimeRange range, SampleBuffer target) {
        new ChunkSeries(labels(), chunks()).read(range, target);
    }

    @Override
    public long retainedBytes() {
        long size = OBJECT_BYTES;
        for (int i = 0; i < parts.length; i += 2) {
            size += parts[i + 1] - parts[i];
        }
        return size;
    }
}
