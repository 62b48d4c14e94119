@NullMarked
package io.meridian.cli.tools;

import org.jspecify.annotations.NullMarked;
