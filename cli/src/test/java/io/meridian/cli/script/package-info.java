@NullMarked
package io.meridian.cli.script;

import org.jspecify.annotations.NullMarked;
