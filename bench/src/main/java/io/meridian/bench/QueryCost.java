package io.meridian.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one warm query costs a server; NaN where it is not known.
///
/// @param wallMs    median, from the request to the end of the answer
/// @param engineMs  median of the evaluation alone, as the server tells it
/// @param cpuMs     of the whole process, on average
/// @param heapMb    allocated, on average
/// @param peakMb    highest resident memory of the process while it answered this query
/// @param answerMb  bytes sent
record QueryCost(double wallMs, double engineMs, double cpuMs, double heapMb, double peakMb, double answerMb) {
    private enum Kind {
        WALL("wall ms"),
        ENGINE("engine ms"),
        CPU("CPU ms"),
        HEAP("MB allocated"),
        PEAK("peak MB");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        double of(@Nullable QueryCost cost) {
            if (cost == null) {
                return Double.NaN;
            }
            return switch (this) {
                case WALL -> cost.wallMs;
                case ENGINE -> cost.engineMs;
                case CPU -> cost.cpuMs;
                case HEAP -> cost.heapMb;
                case PEAK -> cost.peakMb;
            };
        }
    }

    /// Ours and one peer's as a table: in each cell ours, the peer's, and how many times ours the peer's is; then the
    /// means of these. Cases that the peer does not answer are left out of them.
    ///
    /// @param costs of each case, one for each server, ours first; null where one does not answer
    static String table(String ours, String peer, Map<String, List<@Nullable QueryCost>> costs, int peerIndex) {
        var text = new StringBuilder("| %s / %s |".formatted(ours, peer));
        for (Kind kind : Kind.values()) {
            text.append(' ').append(kind.title).append(" |");
        }
        text.append(" MB of answer |\n|---|")
                .append("---|".repeat(Kind.values().length + 1))
                .append('\n');
        var means = new ArrayList<String>();
        costs.forEach((name, row) -> text.append(line(name, row.getFirst(), row.get(peerIndex))));
        for (Kind kind : Kind.values()) {
            means.add(mean(kind, costs, peerIndex));
        }
        return text.append("| geometric mean; worst | ")
                .append(String.join(" | ", means))
                .append(" | |\n")
                .toString();
    }

    private static String line(String name, @Nullable QueryCost our, @Nullable QueryCost their) {
        var text = new StringBuilder("| ").append(name).append(" |");
        for (Kind kind : Kind.values()) {
            double we = kind.of(our);
            double they = kind.of(their);
            text.append(" %s / %s%s |".formatted(number(we), number(they), ratio(they / we)));
        }
        return text.append(" %s |%n".formatted(our == null ? "–" : number(our.answerMb)))
                .toString();
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "–" : (value < 100 ? "%.1f" : "%.0f").formatted(value);
    }

    private static String ratio(double ratio) {
        return Double.isNaN(ratio) ? "" : " ×%.1f".formatted(ratio);
    }

    private static String mean(Kind kind, Map<String, List<@Nullable QueryCost>> costs, int peerIndex) {
        double logarithms = 0;
        int count = 0;
        double worst = Double.MAX_VALUE;
        String worstCase = "";
        for (var entry : costs.entrySet()) {
            var row = entry.getValue();
            double ratio = kind.of(row.get(peerIndex)) / kind.of(row.getFirst());
            if (Double.isFinite(ratio) && ratio > 0) {
                logarithms += Math.log(ratio);
                count++;
                if (ratio < worst) {
                    worst = ratio;
                    worstCase = entry.getKey();
                }
            }
        }
        return count == 0 ? "–" : "**×%.2f**; ×%.2f (%s)".formatted(Math.exp(logarithms / count), worst, worstCase);
    }
}
