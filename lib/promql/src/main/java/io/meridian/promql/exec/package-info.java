/// Plans carried out as columns of steps, series by series.
package io.meridian.promql.exec;
