/**
 * Judges a history: what was acknowledged must be read, once, in order, at one offset. Pure: no clock, no thread, no file.
 * Read {@link io.braid.perf.chaos.check.Checker} first; docs/chaos.md explains the words of {@link
 * io.braid.perf.chaos.check.Anomaly}. Everything here belongs to the thread that checks.
 */
package io.braid.perf.chaos.check;
