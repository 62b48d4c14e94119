/// What can be saved of a damaged block, and exactly what cannot.
@NullMarked
package io.meridian.compactor.repair;

import org.jspecify.annotations.NullMarked;
