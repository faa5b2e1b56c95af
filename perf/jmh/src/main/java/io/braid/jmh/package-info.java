/**
 * Benchmarks of the parts that every record, request or heartbeat passes: {@code perf/jmh/run.sh} runs them, {@link
 * io.braid.jmh.AllocationCounter} counts what they allocate.
 *
 * <p>Read {@link io.braid.jmh.HotParts} first. A benchmark of something that is private to a package lies in that package,
 * in this module.
 */
package io.braid.jmh;
