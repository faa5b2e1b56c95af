/**
 * What a run of the comparison says, as a page with tables and pictures, made from its result lines alone. Begin with {@link
 * io.braid.perf.report.ReportCommand}; {@link io.braid.perf.report.Report} is the page. One thread; only the command touches files.
 */
package io.braid.perf.report;
