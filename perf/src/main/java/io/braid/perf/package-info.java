/**
 * Tools that drive nodes from outside, as processes and by Kafka's protocol: {@code braid perf} and {@code braid chaos}.
 * Start at {@link io.braid.perf.Main}; each tool has a package of its own and knows no other.
 */
package io.braid.perf;
