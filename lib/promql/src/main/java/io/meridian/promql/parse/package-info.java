/// The language: text to tokens to a checked syntax tree, and back to text.
@NullMarked
package io.meridian.promql.parse;

import org.jspecify.annotations.NullMarked;
