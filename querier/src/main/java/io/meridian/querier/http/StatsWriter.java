package io.meridian.querier.http;

import io.meridian.promql.QueryRequest;
import io.meridian.promql.QueryStats;
import io.meridian.querier.json.JsonOutput;
import java.io.IOException;

/// What a query cost, in Prometheus' form.
record StatsWriter(JsonOutput out, QueryRequest request, QueryStats stats) {
    private static final double NANOS_PER_SECOND = 1e9;

    void write(long queuedNanos, long evaluatedNanos, boolean perStep) throws IOException {
        double queued = queuedNanos / NANOS_PER_SECOND;
        double evaluated = evaluatedNanos / NANOS_PER_SECOND;
        out.raw("{\"timings\":{\"evalTotalTime\":").number(evaluated);
        out.raw(",\"resultSortTime\":0,\"queryPreparationTime\":0,\"innerEvalTime\":")
                .number(evaluated);
        out.raw(",\"execQueueTime\":").number(queued);
        out.raw(",\"execTotalTime\":").number(queued + evaluated);
        out.raw("},\"samples\":{");
        if (perStep) {
            steps("totalQueryableSamplesPerStep", stats.totalQueryableSamplesPerStep());
        }
        out.raw("\"totalQueryableSamples\":")
                .number(stats.totalQueryableSamples())
                .raw(',');
        if (perStep) {
            steps("samplesReadPerStep", stats.samplesReadPerStep());
        }
        out.raw("\"samplesRead\":").number(stats.samplesRead());
        out.raw(",\"peakSamples\":").number(stats.peakSamples()).raw("}}");
    }

    private void steps(String name, long[] counts) throws IOException {
        out.raw('"').raw(name).raw("\":[");
        for (int i = 0; i < counts.length; i++) {
            out.raw(i == 0 ? "[" : ",[")
                    .time(request.startMs() + i * request.stepMs())
                    .raw(',');
            out.number(counts[i]).raw(']');
        }
        out.raw("],");
    }
}
