/// A bucket on anything that speaks the S3 protocol.
@NullMarked
package io.meridian.objstore.s3;

import org.jspecify.annotations.NullMarked;
