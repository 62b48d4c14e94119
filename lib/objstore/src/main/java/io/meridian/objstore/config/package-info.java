/// Buckets from the YAML that Thanos takes in `--objstore.config`.
@NullMarked
package io.meridian.objstore.config;

import org.jspecify.annotations.NullMarked;
