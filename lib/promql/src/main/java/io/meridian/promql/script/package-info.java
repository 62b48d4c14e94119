/// The test scripts of Prometheus' PromQL engine: `load`, `clear`, `eval` and what is expected of them.
@NullMarked
package io.meridian.promql.script;

import org.jspecify.annotations.NullMarked;
