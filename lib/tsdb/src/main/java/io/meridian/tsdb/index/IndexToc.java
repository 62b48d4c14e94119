package io.meridian.tsdb.index;

import io.meridian.model.CorruptDataException;
import io.meridian.tsdb.bytes.ByteReader;
import io.meridian.tsdb.bytes.ByteWriter;
import io.meridian.tsdb.bytes.Crc32c;

/// Where the sections of an index begin, in bytes from its start. 0: there is no such section.
public record IndexToc(
        long symbols, long series, long labelIndices, long labelIndicesTable, long postings, long postingsTable) {

    /// @param bytes     the last [IndexFormat#TOC_LENGTH] bytes of the index
    /// @param indexSize size of the whole index
    static IndexToc parse(String resource, byte[] bytes, long indexSize) {
        long tocOffset = indexSize - IndexFormat.TOC_LENGTH;
        int bodyLength = bytes.length - IndexFormat.CRC_LENGTH;
        var in = new ByteReader(resource, bytes, 0, bytes.length, tocOffset);
        var toc = new IndexToc(in.be64(), in.be64(), in.be64(), in.be64(), in.be64(), in.be64());
        int expected = in.be32();
        int actual = Crc32c.of(bytes, 0, bodyLength);
        if (expected != actual) {
            throw new CorruptDataException(
                    resource,
                    tocOffset,
                    "table of contents checksum mismatch: expected=%08x, actual=%08x".formatted(expected, actual));
        }
        toc.check(resource, tocOffset);
        return toc;
    }

    private void check(String resource, long tocOffset) {
        long[] offsets = {symbols, series, labelIndices, labelIndicesTable, postings, postingsTable};
        for (long offset : offsets) {
            if (offset < 0 || offset > tocOffset) {
                throw new CorruptDataException(
                        resource, tocOffset, "section offset out of bounds: max=" + tocOffset + ", actual=" + offset);
            }
        }
        if (symbols < IndexFormat.HEADER_LENGTH || series < symbols || postingsTable < series) {
            throw new CorruptDataException(resource, tocOffset, "sections out of order: " + this);
        }
    }

    /// First byte after the series.
    long seriesEnd() {
        return labelIndices >= series && labelIndices > 0
                ? labelIndices
                : postings >= series ? postings : postingsTable;
    }

    byte[] encode() {
        var out = new ByteWriter(IndexFormat.TOC_LENGTH);
        out.be64(symbols);
        out.be64(series);
        out.be64(labelIndices);
        out.be64(labelIndicesTable);
        out.be64(postings);
        out.be64(postingsTable);
        out.be32(Crc32c.of(out.array(), 0, out.size()));
        return out.toByteArray();
    }
}
