package io.meridian.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BucketMetricsTest {
    private final Metrics metrics = new Metrics();

    @Test
    void observe_byTwoComponents_isOneSum() {
        metrics.bucket("b").observe("get_range", 1_000_000, 10, false);
        metrics.bucket("b").observe("get_range", 1_000_000, 0, true);

        assertThat(metrics.scrape())
                .contains(
                        "thanos_objstore_bucket_operations_total{bucket=\"b\",operation=\"get_range\"} 2.0",
                        "thanos_objstore_bucket_operation_failures_total{bucket=\"b\",operation=\"get_range\"} 1.0",
                        "thanos_objstore_bucket_operation_failures_total{bucket=\"b\",operation=\"delete\"} 0.0",
                        "thanos_objstore_bucket_last_successful_upload_time{bucket=\"b\"} 0.0");
    }

    @Test
    void observe_upload_onlyASuccessfulOneSetsTheTime() {
        metrics.bucket("b").observe("upload", 1, 1, true);
        String before = metrics.scrape();
        metrics.bucket("b").observe("upload", 1, 1, false);

        assertThat(before).contains("thanos_objstore_bucket_last_successful_upload_time{bucket=\"b\"} 0.0");
        assertThat(metrics.scrape())
                .doesNotContain("thanos_objstore_bucket_last_successful_upload_time{bucket=\"b\"} 0.0");
    }
}
