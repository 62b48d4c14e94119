package io.meridian.tsdb.index;

import io.meridian.model.CorruptDataException;
import io.meridian.model.QueryContext;
import io.meridian.tsdb.bytes.ByteReader;
import io.meridian.tsdb.bytes.ByteWriter;
import io.meridian.tsdb.bytes.Crc32c;
import io.meridian.tsdb.bytes.FileSink;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// The parts of an index that a store keeps at hand, in Thanos' file `index-header`:
///
/// ```
/// magic <4b> · version <1b> · version of the index <1b> · end of the last list in the index <8b>
/// · symbols of the index, byte for byte · its postings offset table to its end, byte for byte
/// · offset of the symbols here <8b> · offset of the table here <8b> · CRC32 of these 16 bytes <4b>
/// ```
public final class IndexHeader {
    public static final String FILE = "index-header";

    private static final int MAGIC = 0xBAAAD792;
    private static final int VERSION = 1;
    private static final int HEAD_LENGTH = 14;
    private static final int TAIL_LENGTH = 20;
    private static final long PART = 16 << 20;

    private IndexHeader() {}

    /// Reads what is needed of the index, by ranges, and writes the file; in one step, through a temporary one.
    public static void build(ByteSource index, Path target, QueryContext context) throws IOException {
        String name = index.name();
        if (index.size() < IndexFormat.HEADER_LENGTH + IndexFormat.TOC_LENGTH) {
            throw new CorruptDataException(name, 0, "index too short: actual=" + index.size());
        }
        var ends = read(
                index,
                List.of(
                        new RangePlan.Part(0, IndexFormat.HEADER_LENGTH, 0, 1),
                        new RangePlan.Part(index.size() - IndexFormat.TOC_LENGTH, IndexFormat.TOC_LENGTH, 1, 2)),
                context);
        var head = new ByteReader(name, ends.get(0));
        int version = IndexReader.checkHeader(name, head.be32(), head.u8());
        var toc = IndexToc.parse(name, ends.get(1), index.size());
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        try (var out = new FileSink(temporary)) {
            var bytes = new ByteWriter(HEAD_LENGTH);
            bytes.be32(MAGIC);
            bytes.u8(VERSION);
            bytes.u8(version);
            bytes.be64(toc.postingsTable());
            out.write(bytes);
            copy(index, toc.symbols(), toc.series(), out, context);
            long tableOffset = out.position();
            copy(index, toc.postingsTable(), index.size(), out, context);
            bytes.clear();
            bytes.be64(HEAD_LENGTH);
            bytes.be64(tableOffset);
            bytes.be32(Crc32c.of(bytes.array(), 0, bytes.size()));
            out.write(bytes);
            // not synced: a file that a crash tears fails its checksums and is built anew
            out.flush();
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void copy(ByteSource index, long from, long to, FileSink out, QueryContext context)
            throws IOException {
        long step = PART * index.cost().parallel();
        for (long at = from; at < to; at += step) {
            var parts = new ArrayList<RangePlan.Part>();
            long end = Math.min(to, at + step);
            for (long start = at; start < end; start += PART) {
                parts.add(new RangePlan.Part(start, Math.min(PART, end - start), parts.size(), parts.size() + 1));
            }
            for (byte[] bytes : read(index, parts, context)) {
                out.write(bytes);
            }
        }
    }

    /// The bytes of each part, in order.
    private static List<byte[]> read(ByteSource index, List<RangePlan.Part> parts, QueryContext context)
            throws IOException {
        var result = new byte[parts.size()][];
        RangeReader.read(index, parts, context, (part, bytes) -> result[part.from()] = bytes);
        return List.of(result);
    }

    /// Opens a header that was built before; lists and series are read from `index` by ranges.
    ///
    /// @param seriesBytesMax length of the longest entry of the index, as far as known; 0: not known
    /// @throws CorruptDataException if the file is damaged, or was made of another index
    public static BlockIndex open(Path file, ByteSource index, long seriesBytesMax) throws IOException {
        var arena = Arena.ofShared();
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return of(file.toString(), bytes, index, seriesBytesMax, arena::close);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /// Opens the header, and builds it before if there is none, or none that can be read.
    public static BlockIndex openOrBuild(Path file, ByteSource index, long seriesBytesMax, QueryContext context)
            throws IOException {
        try {
            return open(file, index, seriesBytesMax);
        } catch (NoSuchFileException | CorruptDataException e) {
            build(index, file, context);
            return open(file, index, seriesBytesMax);
        }
    }

    static BlockIndex of(String name, MemorySegment bytes, ByteSource index, long seriesBytesMax, Runnable onClose) {
        long size = bytes.byteSize();
        if (size < HEAD_LENGTH + TAIL_LENGTH + IndexFormat.TOC_LENGTH) {
            throw new CorruptDataException(name, 0, "index-header too short: actual=" + size);
        }
        var head = new ByteReader(name, bytes.asSlice(0, HEAD_LENGTH).toArray(ValueLayout.JAVA_BYTE));
        int magic = head.be32();
        int version = head.u8();
        if (magic != MAGIC || version != VERSION) {
            throw new CorruptDataException(
                    name, 0, "not an index-header of version 1: magic=%08x, version=%d".formatted(magic, version));
        }
        int indexVersion = IndexReader.checkHeader(name, IndexFormat.MAGIC, head.u8());
        long postingsEnd = head.be64();
        long tableOffset = tableOffset(name, bytes);
        long tableLength = size - TAIL_LENGTH - tableOffset;
        if (index.size() != postingsEnd + tableLength) {
            throw new CorruptDataException(
                    name,
                    6,
                    "made of another index: size expected=" + index.size() + ", actual=" + (postingsEnd + tableLength));
        }
        var tocBytes = bytes.asSlice(size - TAIL_LENGTH - IndexFormat.TOC_LENGTH, IndexFormat.TOC_LENGTH)
                .toArray(ValueLayout.JAVA_BYTE);
        var toc = IndexToc.parse(name, tocBytes, index.size());
        if (toc.postingsTable() != postingsEnd || toc.series() - toc.symbols() != tableOffset - HEAD_LENGTH) {
            throw new CorruptDataException(name, 6, "sections do not fit the index's table of contents: " + toc);
        }
        var symbolsSection = bytes.asSlice(HEAD_LENGTH, tableOffset - HEAD_LENGTH);
        var tableSection = bytes.asSlice(tableOffset, tableLength);
        var symbols = new SymbolTable(
                name,
                Section.content(name, "symbol table", symbolsSection, 0, toc.symbols()),
                toc.symbols() + 4,
                indexVersion);
        var table = new PostingsTable(
                name,
                Section.content(name, "postings table", tableSection, 0, postingsEnd),
                postingsEnd + 4,
                postingsEnd,
                indexVersion);
        return new TsdbIndex(index, indexVersion, toc, symbols, table, seriesBytesMax, onClose);
    }

    private static long tableOffset(String name, MemorySegment bytes) {
        long tailOffset = bytes.byteSize() - TAIL_LENGTH;
        var tail = bytes.asSlice(tailOffset, TAIL_LENGTH).toArray(ValueLayout.JAVA_BYTE);
        var in = new ByteReader(name, tail, 0, tail.length, tailOffset);
        long symbolsOffset = in.be64();
        long tableOffset = in.be64();
        int expected = in.be32();
        int actual = Crc32c.of(tail, 0, TAIL_LENGTH - 4);
        if (expected != actual) {
            throw new CorruptDataException(
                    name,
                    tailOffset,
                    "table of contents checksum mismatch: expected=%08x, actual=%08x".formatted(expected, actual));
        }
        if (symbolsOffset != HEAD_LENGTH
                || tableOffset < HEAD_LENGTH
                || tableOffset > tailOffset - IndexFormat.TOC_LENGTH) {
            throw new CorruptDataException(
                    name, tailOffset, "sections out of bounds: symbols=" + symbolsOffset + ", table=" + tableOffset);
        }
        return tableOffset;
    }
}
