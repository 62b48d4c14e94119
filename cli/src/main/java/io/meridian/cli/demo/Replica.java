package io.meridian.cli.demo;

import io.meridian.model.Labels;

/// One Prometheus of a region as the demo plays it.
///
/// @param external its external labels
/// @param fleet    what runs in its region
/// @param scraper  when it scraped that
record Replica(Labels external, Fleet fleet, Scraper scraper) {}
