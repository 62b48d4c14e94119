package io.meridian.promql.exec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// Arrays with a number for each step that nobody needs any more, for whoever needs some next: the queries of an engine
/// mostly have as many steps as those before. Thread-safe.
final class Rows {
    private static final long BYTES_MAX = 8 << 20;

    /// Shorter arrays are made anew.
    private static final int STEPS_MIN = 16;

    /// Free arrays of one length.
    private record Shelf(int steps, ArrayDeque<double[]> rows) {
        long rowBytes() {
            return 16 + 8L * steps;
        }
    }

    private final List<Shelf> shelves = new ArrayList<>();
    private long bytes;

    /// An array of unknown content.
    double[] take(int steps) {
        if (steps < STEPS_MIN) {
            return new double[steps];
        }
        synchronized (this) {
            Shelf shelf = shelf(steps);
            double[] row = shelf.rows.poll();
            if (row != null) {
                bytes -= shelf.rowBytes();
                return row;
            }
        }
        return new double[steps];
    }

    /// Takes an array back that nobody will look at again.
    synchronized void giveBack(double[] row) {
        if (row.length < STEPS_MIN) {
            return;
        }
        Shelf shelf = shelf(row.length);
        if (bytes + shelf.rowBytes() > BYTES_MAX) {
            // what was left by queries with other steps goes first
            shelves.clear();
            shelves.add(shelf);
            bytes = shelf.rows.size() * shelf.rowBytes();
        }
        if (bytes + shelf.rowBytes() <= BYTES_MAX) {
            shelf.rows.add(row);
            bytes += shelf.rowBytes();
        }
    }

    /// Takes arrays back, each of which is there once.
    void giveBack(List<double[]> all) {
        for (double[] row : all) {
            giveBack(row);
        }
    }

    private Shelf shelf(int steps) {
        for (int i = 0; i < shelves.size(); i++) {
            Shelf shelf = shelves.get(i);
            if (shelf.steps == steps) {
                return shelf;
            }
        }
        shelves.removeIf(shelf -> shelf.rows.isEmpty());
        var added = new Shelf(steps, new ArrayDeque<>());
        shelves.add(added);
        return added;
    }
}
