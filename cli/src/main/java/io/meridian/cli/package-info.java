/// The one executable: wires the processes together, nothing else.
@NullMarked
package io.meridian.cli;

import org.jspecify.annotations.NullMarked;
