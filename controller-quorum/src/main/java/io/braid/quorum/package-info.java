/**
 * Consensus on cluster metadata: the Raft group of controllers on Apache Ratis, the listener through which brokers
 * reach a controller, and the broker's session with them. Read {@link io.braid.quorum.QuorumNode} for a controller and
 * {@link io.braid.quorum.BrokerSession} for a broker.
 */
package io.braid.quorum;
