/// Between protobuf bytes and the model: the only classes that know both.
@NullMarked
package io.meridian.proto.codec;

import org.jspecify.annotations.NullMarked;
