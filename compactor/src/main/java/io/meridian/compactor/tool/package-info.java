/// One step on local block directories, as commands for operators.
@NullMarked
package io.meridian.compactor.tool;

import org.jspecify.annotations.NullMarked;
