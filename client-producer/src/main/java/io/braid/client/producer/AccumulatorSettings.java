package io.braid.client.producer;

/**
 * What bounds and paces batches; times in nanoseconds.
 *
 * @param batchBytes a batch is closed before it would become larger, unless it is a single record
 * @param requestBytes likewise for the batches of one request
 * @param lingerNs how long a batch may wait for more records
 * @param adaptive whether it waits only while a request to the broker is on its way
 * @param deliveryNs from the creation of a batch to its failure, when it is not acknowledged
 * @param maxRequestsInFlight to one broker
 */
record AccumulatorSettings(
        int batchBytes,
        int requestBytes,
        long lingerNs,
        boolean adaptive,
        long deliveryNs,
        int maxRequestsInFlight,
        long retryNs,
        long maxRetryNs) {}
