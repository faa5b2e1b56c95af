/**
 * Chaos: real nodes on this machine are killed, paused, cut off, wiped and moved while clients write and read, and the
 * history of what the clients saw is checked. Start at {@link io.braid.perf.chaos.ChaosCommand}; docs/chaos.md says what
 * is done and what the words of the checker mean.
 */
package io.braid.perf.chaos;
