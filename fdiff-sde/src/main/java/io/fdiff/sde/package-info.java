/** Forward processes with linear drift, their marginals and their reverse-time dynamics. */
@NullMarked
package io.fdiff.sde;

import org.jspecify.annotations.NullMarked;
