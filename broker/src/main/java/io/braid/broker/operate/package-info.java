/**
 * The cluster as an operator sees and changes it, by requests of our own on the listeners for clients: shards with their
 * replicas, what each broker holds of them, and whether a broker may be stopped. {@link io.braid.broker.operate.OperatorApis}
 * lists the requests; {@link io.braid.broker.operate.RestartCheck} is pure. Handlers run on event loops or on the threads for
 * administration; none blocks.
 */
package io.braid.broker.operate;
