/// The paths by which the samples of a PromQL script can reach the engine.
@NullMarked
package io.meridian.cli.script;

import org.jspecify.annotations.NullMarked;
