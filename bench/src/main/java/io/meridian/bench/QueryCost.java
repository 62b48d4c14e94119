package io.meridian.bench;

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

    /// All servers as one table: in each cell ours, then each peer's and how many times ours it is; then the means of
    /// these for each peer, cases that it does not answer left out.
    ///
    /// @param servers their names, ours first
    /// @param costs   of each case, one for each server; null where one does not answer
    static String table(List<String> servers, Map<String, List<@Nullable QueryCost>> costs) {
        var text = new StringBuilder("| " + String.join(" / ", servers) + " |");
        for (Kind kind : Kind.values()) {
            text.append(' ').append(kind.title).append(" |");
        }
        text.append(" MB of answer |\n|---|")
                .append("---|".repeat(Kind.values().length + 1))
                .append('\n');
        for (Map.Entry<String, List<@Nullable QueryCost>> row : costs.entrySet()) {
            text.append(line(row.getKey(), row.getValue()));
        }
        for (int peer = 1; peer < servers.size(); peer++) {
            text.append("| geometric mean, worst: ").append(servers.get(peer)).append(" |");
            for (Kind kind : Kind.values()) {
                text.append(' ').append(mean(kind, costs, peer)).append(" |");
            }
            text.append(" |\n");
        }
        return text.toString();
    }

    private static String line(String name, List<@Nullable QueryCost> row) {
        var text = new StringBuilder("| ").append(name).append(" |");
        QueryCost our = row.getFirst();
        for (Kind kind : Kind.values()) {
            text.append(' ').append(number(kind.of(our)));
            for (QueryCost their : row.subList(1, row.size())) {
                double value = kind.of(their);
                text.append(" / ").append(number(value)).append(ratio(value / kind.of(our)));
            }
            text.append(" |");
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
        return count == 0 ? "–" : "**×%.2f**, ×%.2f (%s)".formatted(Math.exp(logarithms / count), worst, worstCase);
    }
}
