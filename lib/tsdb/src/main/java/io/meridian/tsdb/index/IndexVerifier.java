package io.meridian.tsdb.index;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.model.Utf8;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads a whole index and says what is wrong with it: checksums, orders, and postings against the series they name.
///
/// Postings are compared by sums of hashes per label name, so memory does not grow with series.
public final class IndexVerifier {
    private static final int BATCH = 4096;

    private final TsdbIndex index;
    private final Consumer<CorruptDataException> issues;
    private final String resource;
    private final Map<String, Long> expected = new HashMap<>();
    private long seriesCount;
    private @Nullable Labels previous;

    /// Called with the entries of the index in order.
    @FunctionalInterface
    public interface BatchVisitor {
        void visit(List<SeriesEntry> batch) throws IOException;
    }

    /// @param issues told about everything that is wrong
    public IndexVerifier(String resource, BlockIndex index, Consumer<CorruptDataException> issues) {
        this.resource = resource;
        this.index = switch (index) {
            case IndexReader whole -> whole.index();
            case TsdbIndex ranges -> ranges;
            default -> throw new IllegalArgumentException("not an index of a block: " + index);
        };
        this.issues = issues;
    }

    /// @return number of series that could be read
    public long verify(BatchVisitor visitor) throws IOException {
        verifySymbols();
        var context = QueryContext.unlimited();
        var refs = new long[BATCH];
        PostingsExtent extent = index.table().find("", "");
        var all = extent == null ? Postings.empty() : index.postings(extent, context);
        for (int n = all.fill(refs); n > 0; n = all.fill(refs)) {
            var batch = read(refs, n, context);
            batch.forEach(this::add);
            visitor.visit(batch);
        }
        verifyPostings();
        return seriesCount;
    }

    private void verifySymbols() {
        String last = null;
        for (String symbol : index.symbols()) {
            if (last != null && Utf8.compare(last, symbol) >= 0) {
                report(index.toc().symbols(), "symbols out of order: " + last + ", then " + symbol);
            }
            last = symbol;
        }
    }

    /// A batch, or what can be read of it one by one.
    private List<SeriesEntry> read(long[] refs, int count, QueryContext context) throws IOException {
        try {
            return index.series(refs, 0, count, TimeRange.ALL, false, context);
        } catch (CorruptDataException e) {
            var readable = new ArrayList<SeriesEntry>();
            for (int i = 0; i < count; i++) {
                try {
                    readable.addAll(index.series(refs, i, i + 1, TimeRange.ALL, false, context));
                } catch (CorruptDataException issue) {
                    issues.accept(issue);
                }
            }
            return readable;
        }
    }

    private void add(SeriesEntry entry) {
        seriesCount++;
        if (previous != null && entry.labels().compareTo(previous) <= 0) {
            report(entry.ref(), "series out of order: " + previous + ", then " + entry.labels());
        }
        previous = entry.labels();
        for (int i = 0; i < entry.labels().size(); i++) {
            String name = entry.labels().name(i);
            expected.merge(name, hash(name, entry.labels().value(i), entry.ref()), Long::sum);
        }
    }

    /// Lists are read in the order in which they lie.
    private void verifyPostings() throws IOException {
        var context = QueryContext.unlimited();
        var refs = new long[BATCH];
        for (String name : index.table().names()) {
            long[] sum = new long[1];
            try {
                index.table().values(name, "", (value, extent) -> {
                    try {
                        var postings = index.postings(extent, context);
                        for (int n = postings.fill(refs); n > 0; n = postings.fill(refs)) {
                            for (int i = 0; i < n; i++) {
                                sum[0] += hash(name, value, refs[i]);
                            }
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    return true;
                });
            } catch (CorruptDataException issue) {
                issues.accept(issue);
                expected.remove(name);
                continue;
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            Long wanted = expected.remove(name);
            if (wanted == null || wanted != sum[0]) {
                report(index.toc().postings(), "postings of label " + name + " are not those of the series");
            }
        }
        expected.keySet()
                .forEach(name -> report(index.toc().postings(), "label " + name + " of series has no postings"));
    }

    private static long hash(String name, String value, long ref) {
        long hash = (31L * name.hashCode() + value.hashCode()) * 0x9E3779B97F4A7C15L + ref;
        hash = (hash ^ hash >>> 30) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ hash >>> 27) * 0x94D049BB133111EBL;
        return hash ^ hash >>> 31;
    }

    private void report(long offset, String detail) {
        issues.accept(new CorruptDataException(resource, offset, detail));
    }
}
