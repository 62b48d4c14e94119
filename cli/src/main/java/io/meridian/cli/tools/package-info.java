/// `meridian tools`: what operators do by hand with buckets, blocks and queries.
@NullMarked
package io.meridian.cli.tools;

import org.jspecify.annotations.NullMarked;
