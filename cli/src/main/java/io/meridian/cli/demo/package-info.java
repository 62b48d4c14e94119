/// `meridian demo`: a made-up fleet with real blocks, real sidecars and a moving live end.
@NullMarked
package io.meridian.cli.demo;

import org.jspecify.annotations.NullMarked;
