/**
 * What the node measures, and the HTTP listener that shows it.
 *
 * <p>{@link io.braid.broker.metrics.NodeMetrics} makes every meter once, at start, from the list in {@link
 * io.braid.broker.metrics.Metric}; the parts it is made of are handed to the components that report to them. Reporting
 * never looks anything up by tag: meters lie in arrays by API key or thread. Everything here may be called from any
 * thread.
 */
package io.braid.broker.metrics;
