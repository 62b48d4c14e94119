/// The engine: (text, range, source, limits) to a result.
package io.meridian.promql;
