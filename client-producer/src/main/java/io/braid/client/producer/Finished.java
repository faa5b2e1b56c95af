package io.braid.client.producer;

/**
 * A batch whose listeners are to be told how it ended.
 *
 * @param failure null when it was acknowledged
 */
record Finished(Batch batch, long baseOffset, long logAppendTimeMs, RuntimeException failure) {}
