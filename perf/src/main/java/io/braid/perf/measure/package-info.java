/**
 * What all tools of {@code braid perf} share: result lines, figures of processes, latencies, and loads through either client library.
 * Begin with {@link io.braid.perf.measure.ResultLine} for what a tool prints and {@link io.braid.perf.measure.LoadProducer} for what
 * it drives. Nothing here knows a tool.
 */
package io.braid.perf.measure;
