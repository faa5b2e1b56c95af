/**
 * Connections to brokers: event loops, connecting with negotiation of versions and login, reconnecting with back-off. Read
 * {@link io.braid.client.network.BrokerLink} first. Owned by the client's event loop unless a class says otherwise.
 */
package io.braid.client.network;
