/**
 * The wire: a server and a client for Kafka's framing on Netty.
 *
 * <p>Read {@link io.braid.protocol.network.ProtocolServer} first, then {@link io.braid.protocol.network.RequestContext}.
 * Each connection is owned by one event loop.
 */
package io.braid.protocol.network;
