/**
 * Fetches: sessions, waiting, and the reading of batches within the limits of a request.
 *
 * <p>Read {@link io.braid.broker.fetch.FetchRound} first: one request from its arrival to its answer. A session belongs to
 * its connection and is owned by the connection's event loop; shards tell it of new data through
 * {@link io.braid.broker.shard.FetchInterest}.
 */
package io.braid.broker.fetch;
