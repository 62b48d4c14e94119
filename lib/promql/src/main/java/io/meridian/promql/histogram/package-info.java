/// What PromQL does with native histograms: arithmetic, resets, quantiles, trimming (Prometheus `model/histogram`).
package io.meridian.promql.histogram;
