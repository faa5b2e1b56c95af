/**
 * Requests and answers made by hand over blocking connections, without a client library, where that would be the bound: batches for
 * very many partitions in one request, heartbeats of very many members. Works on every broker that speaks the protocol. Begin with
 * {@link io.braid.perf.wire.Connection}.
 */
package io.braid.perf.wire;
