/**
 * The Kafka wire protocol: which versions are spoken, and how frames become requests and responses become frames.
 *
 * <p>Read {@link io.braid.protocol.ApiCatalog} first. This package and its children are the only place that knows
 * Kafka's generated message classes as a codec. Everything here is stateless or owned by one connection's event loop.
 */
package io.braid.protocol;
