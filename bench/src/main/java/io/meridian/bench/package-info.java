/// Measurements: kernels alone (JMH), and whole processes beside real peers.
@NullMarked
package io.meridian.bench;

import org.jspecify.annotations.NullMarked;
