/**
 * Fills one node with very many partitions, reads every record back, and measures what they cost. Read {@link
 * io.braid.perf.fill.FillCommand} first; it runs everything on its own thread, but for one thread a connection while loading.
 */
package io.braid.perf.fill;
