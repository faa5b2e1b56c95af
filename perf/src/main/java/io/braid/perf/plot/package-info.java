/**
 * Pictures of figures, drawn by XChart without a display, as SVG for pages and PNG for whoever cannot show that. Begin with {@link
 * io.braid.perf.plot.Plot}. Knows no tool.
 */
package io.braid.perf.plot;
